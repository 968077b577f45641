-- Attachments 附件: consent evidence, documents. Name and content are sealed; a
-- removed one keeps its row without both.
CREATE TABLE attachments (
  id BLOB PRIMARY KEY,
  object TEXT NOT NULL,
  object_id BLOB NOT NULL,
  division_code TEXT NOT NULL DEFAULT '',
  organization_id BLOB REFERENCES organizations (id),
  state TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  size INTEGER NOT NULL,
  content BLOB,
  added_by BLOB REFERENCES accounts (id),
  added_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE INDEX attachments_by_object ON attachments (object_id, added_at);
CREATE INDEX attachments_by_account ON attachments (added_by, added_at);
