-- Single accesses to a minor's contact data, each approved before it is made.
CREATE TABLE disclosures (
  id BLOB PRIMARY KEY,
  pairing_id BLOB NOT NULL REFERENCES pairings (id),
  need_id BLOB NOT NULL REFERENCES needs (id),
  asked_by BLOB NOT NULL REFERENCES accounts (id),
  purpose TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  decided_by BLOB REFERENCES accounts (id),
  decided_at INTEGER,
  reason TEXT
) STRICT;
CREATE INDEX disclosures_by_pairing ON disclosures (pairing_id, asked_at);
CREATE UNIQUE INDEX disclosures_open ON disclosures (pairing_id, asked_by) WHERE state IN ('asked', 'approved');

-- The end of a consent is announced once.
ALTER TABLE consents ADD COLUMN warned_at INTEGER;

-- What a person asks about the own data. The words of the request are sealed.
CREATE TABLE rights_requests (
  id BLOB PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  need_id BLOB NOT NULL REFERENCES needs (id),
  division_code TEXT NOT NULL,
  kind TEXT NOT NULL,
  asker TEXT NOT NULL,
  channel TEXT NOT NULL,
  words BLOB NOT NULL,
  state TEXT NOT NULL,
  received_on TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  reminded_at INTEGER,
  recorded_by BLOB REFERENCES accounts (id),
  recorded_at INTEGER NOT NULL,
  decided_by BLOB REFERENCES accounts (id),
  decided_at INTEGER,
  answer TEXT
) STRICT;
CREATE INDEX rights_requests_by_state ON rights_requests (state, division_code, due_at);
