-- What stood in a need's sealed file before it was corrected, sealed as well.
CREATE TABLE file_versions (
  id UUID PRIMARY KEY,
  need_id UUID NOT NULL REFERENCES needs (id),
  payload BYTEA NOT NULL,
  replaced_at BIGINT NOT NULL,
  replaced_by UUID REFERENCES accounts (id)
);
CREATE INDEX file_versions_by_need ON file_versions (need_id, replaced_at);
