-- Failed attempts are counted per name and per address, whether the account exists or not.
ALTER TABLE accounts DROP COLUMN failures;
ALTER TABLE accounts DROP COLUMN locked_until;
-- A password that somebody else has chosen is changed at the first sign-in.
ALTER TABLE accounts ADD COLUMN must_change INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE accounts ADD COLUMN password_set_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN signed_in_at INTEGER;
UPDATE accounts SET password_set_at = updated_at;

-- Sessions end with this change; only the hash of a token is kept.
DROP TABLE sessions;
CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  stage TEXT NOT NULL,
  address TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  confirmed_at INTEGER,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account_id, ended_at);

-- Time-based codes (RFC 6238): the secrets are sealed; a step is used once.
CREATE TABLE second_factors (
  account_id BLOB PRIMARY KEY REFERENCES accounts (id),
  secret BLOB,
  pending BLOB,
  confirmed_at INTEGER,
  last_step INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Codes for a lost telephone, each used once.
CREATE TABLE recovery_codes (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  code_hash BLOB NOT NULL,
  used_at INTEGER,
  PRIMARY KEY (account_id, code_hash)
) STRICT;

CREATE TABLE sign_in_limits (
  key TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  blocked_until INTEGER,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_limits_by_time ON sign_in_limits (updated_at);

-- Invitations 邀请: the link is shown once, its hash is kept.
CREATE TABLE invitations (
  id BLOB PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,
  role TEXT NOT NULL,
  scope TEXT NOT NULL DEFAULT '',
  division_code TEXT NOT NULL DEFAULT '',
  organization_id BLOB REFERENCES organizations (id),
  display_name TEXT NOT NULL,
  state TEXT NOT NULL,
  created_by BLOB REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  account_id BLOB REFERENCES accounts (id)
) STRICT;
CREATE INDEX invitations_by_state ON invitations (state, expires_at);

-- Links to choose a new password 重设密码.
CREATE TABLE password_links (
  token_hash BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  created_by BLOB REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX password_links_by_account ON password_links (account_id);
