-- Single accesses to a minor's contact data, each approved before it is made.
CREATE TABLE disclosures (
  id UUID PRIMARY KEY,
  pairing_id UUID NOT NULL REFERENCES pairings (id),
  need_id UUID NOT NULL REFERENCES needs (id),
  asked_by UUID NOT NULL REFERENCES accounts (id),
  purpose TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  decided_by UUID REFERENCES accounts (id),
  decided_at BIGINT,
  reason TEXT
);
CREATE INDEX disclosures_by_pairing ON disclosures (pairing_id, asked_at);
CREATE UNIQUE INDEX disclosures_open ON disclosures (pairing_id, asked_by) WHERE state IN ('asked', 'approved');

-- The end of a consent is announced once.
ALTER TABLE consents ADD COLUMN warned_at BIGINT;

-- What a person asks about the own data. The words of the request are sealed.
CREATE TABLE rights_requests (
  id UUID PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  need_id UUID NOT NULL REFERENCES needs (id),
  division_code TEXT NOT NULL,
  kind TEXT NOT NULL,
  asker TEXT NOT NULL,
  channel TEXT NOT NULL,
  words BYTEA NOT NULL,
  state TEXT NOT NULL,
  received_on DATE NOT NULL,
  due_at BIGINT NOT NULL,
  reminded_at BIGINT,
  recorded_by UUID REFERENCES accounts (id),
  recorded_at BIGINT NOT NULL,
  decided_by UUID REFERENCES accounts (id),
  decided_at BIGINT,
  answer TEXT
);
CREATE INDEX rights_requests_by_state ON rights_requests (state, division_code, due_at);
