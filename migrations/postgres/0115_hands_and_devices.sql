-- Who made or reset whose account: for a while two accounts of one lineage count as one person, unless a second
-- administrator has met whom the account belongs to.
CREATE TABLE account_hands (
  account_id UUID NOT NULL REFERENCES accounts (id),
  by_id UUID NOT NULL REFERENCES accounts (id),
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  vouched_by UUID REFERENCES accounts (id),
  vouched_at BIGINT,
  PRIMARY KEY (account_id, by_id, kind, at)
);
CREATE INDEX account_hands_by_time ON account_hands (at);

-- Browsers that have signed in before: guesses of others do not lock them out.
CREATE TABLE known_devices (
  token_hash BYTEA PRIMARY KEY,
  account_id UUID NOT NULL REFERENCES accounts (id),
  made_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);
CREATE INDEX known_devices_by_account ON known_devices (account_id, seen_at);
