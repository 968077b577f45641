-- Attachments 附件: consent evidence, documents. Name and content are sealed; a
-- removed one keeps its row without both.
CREATE TABLE attachments (
  id UUID PRIMARY KEY,
  object TEXT NOT NULL,
  object_id UUID NOT NULL,
  division_code TEXT NOT NULL DEFAULT '',
  organization_id UUID REFERENCES organizations (id),
  state TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  size BIGINT NOT NULL,
  content BYTEA,
  added_by UUID REFERENCES accounts (id),
  added_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX attachments_by_object ON attachments (object_id, added_at);
CREATE INDEX attachments_by_account ON attachments (added_by, added_at);
