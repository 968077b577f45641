-- A file is opened by the city with a second person's approval: an access without a pairing.
CREATE TABLE disclosures_of_files (
  id BLOB PRIMARY KEY,
  pairing_id BLOB REFERENCES pairings (id),
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
INSERT INTO disclosures_of_files SELECT id, pairing_id, need_id, asked_by, purpose, state, asked_at, expires_at, decided_by, decided_at, reason FROM disclosures;
DROP TABLE disclosures;
ALTER TABLE disclosures_of_files RENAME TO disclosures;
CREATE INDEX disclosures_by_pairing ON disclosures (pairing_id, asked_at);
CREATE UNIQUE INDEX disclosures_open ON disclosures (pairing_id, asked_by) WHERE state IN ('asked', 'approved');
CREATE UNIQUE INDEX disclosures_open_files ON disclosures (need_id, asked_by) WHERE pairing_id IS NULL AND state IN ('asked', 'approved');
