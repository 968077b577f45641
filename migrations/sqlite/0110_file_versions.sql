-- What stood in a need's sealed file before it was corrected, sealed as well.
CREATE TABLE file_versions (
  id BLOB PRIMARY KEY,
  need_id BLOB NOT NULL REFERENCES needs (id),
  payload BLOB NOT NULL,
  replaced_at INTEGER NOT NULL,
  replaced_by BLOB REFERENCES accounts (id)
) STRICT;
CREATE INDEX file_versions_by_need ON file_versions (need_id, replaced_at);
