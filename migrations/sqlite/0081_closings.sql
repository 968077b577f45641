-- Closing a need takes two accounts: one proposes with reason and evidence, another confirms or declines.
CREATE TABLE closings (
  id BLOB PRIMARY KEY,
  need_id BLOB NOT NULL REFERENCES needs (id),
  cycle INTEGER NOT NULL,
  division_code TEXT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  evidence TEXT NOT NULL,
  proposed_by BLOB REFERENCES accounts (id),
  proposed_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  decided_by BLOB REFERENCES accounts (id),
  decided_at INTEGER,
  confirmed INTEGER
) STRICT;
CREATE UNIQUE INDEX closings_open ON closings (need_id) WHERE decided_at IS NULL;
CREATE INDEX closings_by_division ON closings (division_code, due_at) WHERE decided_at IS NULL;
