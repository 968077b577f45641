-- Closing a need takes two accounts: one proposes with reason and evidence, another confirms or declines.
CREATE TABLE closings (
  id UUID PRIMARY KEY,
  need_id UUID NOT NULL REFERENCES needs (id),
  cycle BIGINT NOT NULL,
  division_code TEXT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  evidence TEXT NOT NULL,
  proposed_by UUID REFERENCES accounts (id),
  proposed_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  decided_by UUID REFERENCES accounts (id),
  decided_at BIGINT,
  confirmed BOOLEAN
);
CREATE UNIQUE INDEX closings_open ON closings (need_id) WHERE decided_at IS NULL;
CREATE INDEX closings_by_division ON closings (division_code, due_at) WHERE decided_at IS NULL;
