-- Correcting what a published need says takes two accounts: one proposes, another confirms or declines.
CREATE TABLE amendments (
  id BLOB PRIMARY KEY,
  need_id BLOB NOT NULL REFERENCES needs (id),
  cycle INTEGER NOT NULL,
  division_code TEXT NOT NULL,
  -- Each changed field with what it says and what it is to say, as JSON; nothing of the sealed file.
  changes TEXT NOT NULL,
  reason TEXT NOT NULL,
  proposed_by BLOB REFERENCES accounts (id),
  proposed_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  decided_by BLOB REFERENCES accounts (id),
  decided_at INTEGER,
  confirmed INTEGER
) STRICT;
CREATE UNIQUE INDEX amendments_open ON amendments (need_id) WHERE decided_at IS NULL;
CREATE INDEX amendments_by_division ON amendments (division_code, due_at) WHERE decided_at IS NULL;
