-- Who made or reset whose account: for a while two accounts of one lineage count as one person, unless a second
-- administrator has met whom the account belongs to.
CREATE TABLE account_hands (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  by_id BLOB NOT NULL REFERENCES accounts (id),
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  vouched_by BLOB REFERENCES accounts (id),
  vouched_at INTEGER,
  PRIMARY KEY (account_id, by_id, kind, at)
) STRICT;
CREATE INDEX account_hands_by_time ON account_hands (at);

-- Browsers that have signed in before: guesses of others do not lock them out.
CREATE TABLE known_devices (
  token_hash BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  made_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX known_devices_by_account ON known_devices (account_id, seen_at);
