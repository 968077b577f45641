-- Failed attempts are counted per name and per address, whether the account exists or not.
ALTER TABLE accounts DROP COLUMN failures;
ALTER TABLE accounts DROP COLUMN locked_until;
-- A password that somebody else has chosen is changed at the first sign-in.
ALTER TABLE accounts ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE accounts ADD COLUMN password_set_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN signed_in_at BIGINT;
UPDATE accounts SET password_set_at = updated_at;

-- Sessions end with this change; only the hash of a token is kept.
DROP TABLE sessions;
CREATE TABLE sessions (
  token_hash BYTEA PRIMARY KEY,
  id UUID NOT NULL UNIQUE,
  account_id UUID NOT NULL REFERENCES accounts (id),
  stage TEXT NOT NULL,
  address TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  confirmed_at BIGINT,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX sessions_by_account ON sessions (account_id, ended_at);

-- Time-based codes (RFC 6238): the secrets are sealed; a step is used once.
CREATE TABLE second_factors (
  account_id UUID PRIMARY KEY REFERENCES accounts (id),
  secret BYTEA,
  pending BYTEA,
  confirmed_at BIGINT,
  last_step BIGINT NOT NULL DEFAULT 0
);
-- Codes for a lost telephone, each used once.
CREATE TABLE recovery_codes (
  account_id UUID NOT NULL REFERENCES accounts (id),
  code_hash BYTEA NOT NULL,
  used_at BIGINT,
  PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE sign_in_limits (
  key TEXT COLLATE "C" PRIMARY KEY,
  failures BIGINT NOT NULL,
  blocked_until BIGINT,
  updated_at BIGINT NOT NULL
);
CREATE INDEX sign_in_limits_by_time ON sign_in_limits (updated_at);

-- Invitations 邀请: the link is shown once, its hash is kept.
CREATE TABLE invitations (
  id UUID PRIMARY KEY,
  token_hash BYTEA NOT NULL UNIQUE,
  role TEXT NOT NULL,
  scope TEXT COLLATE "C" NOT NULL DEFAULT '',
  division_code TEXT COLLATE "C" NOT NULL DEFAULT '',
  organization_id UUID REFERENCES organizations (id),
  display_name TEXT NOT NULL,
  state TEXT NOT NULL,
  created_by UUID REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  account_id UUID REFERENCES accounts (id)
);
CREATE INDEX invitations_by_state ON invitations (state, expires_at);

-- Links to choose a new password 重设密码.
CREATE TABLE password_links (
  token_hash BYTEA PRIMARY KEY,
  account_id UUID NOT NULL REFERENCES accounts (id),
  created_by UUID REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX password_links_by_account ON password_links (account_id);
