-- Projects 帮扶项目: what an organization offers, where, for whom, how much.
CREATE TABLE projects (
  id BLOB PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL DEFAULT '',
  schedule TEXT NOT NULL DEFAULT '',
  service_codes TEXT NOT NULL,
  group_codes TEXT NOT NULL DEFAULT '[]',
  area_codes TEXT NOT NULL,
  qualification_codes TEXT NOT NULL DEFAULT '[]',
  measure TEXT NOT NULL,
  capacity INTEGER NOT NULL CHECK (capacity > 0),
  unit TEXT NOT NULL,
  per TEXT NOT NULL,
  each_quantity INTEGER,
  each_unit TEXT,
  each_per TEXT,
  starts_on TEXT,
  ends_on TEXT,
  confirmed_at INTEGER NOT NULL,
  reason TEXT,
  author_id BLOB REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX projects_by_organization ON projects (organization_id, state);
CREATE INDEX projects_by_state ON projects (state, updated_at);

-- The project that a claimed line draws on.
ALTER TABLE claim_lines ADD COLUMN project_id BLOB REFERENCES projects (id);
CREATE INDEX claim_lines_by_project ON claim_lines (project_id);

-- Batches 批量匹配: a proposal of invitations, edited before anybody is asked.
CREATE TABLE batches (
  id BLOB PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  division_code TEXT NOT NULL,
  state TEXT NOT NULL,
  rules TEXT NOT NULL,
  run INTEGER NOT NULL DEFAULT 1,
  progress INTEGER NOT NULL DEFAULT 0,
  finished_at INTEGER,
  failure TEXT,
  summary TEXT NOT NULL DEFAULT '{}',
  author_id BLOB REFERENCES accounts (id),
  sent_by BLOB REFERENCES accounts (id),
  sent_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX batches_by_division ON batches (division_code, state, created_at);

CREATE TABLE batch_items (
  batch_id BLOB NOT NULL REFERENCES batches (id),
  line_id BLOB NOT NULL REFERENCES need_lines (id),
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  need_id BLOB NOT NULL REFERENCES needs (id),
  project_id BLOB REFERENCES projects (id),
  quantity INTEGER NOT NULL,
  fit INTEGER NOT NULL,
  mark TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (batch_id, line_id, organization_id)
) STRICT;
CREATE INDEX batch_items_by_need ON batch_items (batch_id, need_id);

CREATE TABLE batch_unserved (
  batch_id BLOB NOT NULL REFERENCES batches (id),
  line_id BLOB NOT NULL REFERENCES need_lines (id),
  need_id BLOB NOT NULL REFERENCES needs (id),
  reason TEXT NOT NULL,
  PRIMARY KEY (batch_id, line_id)
) STRICT;

-- Invitations 邀请: an organization is asked; nobody is assigned.
CREATE TABLE asks (
  id BLOB PRIMARY KEY,
  need_id BLOB NOT NULL REFERENCES needs (id),
  cycle INTEGER NOT NULL,
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  division_code TEXT NOT NULL,
  batch_id BLOB REFERENCES batches (id),
  state TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  sent_by BLOB REFERENCES accounts (id),
  sent_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  answered_by BLOB REFERENCES accounts (id),
  answered_at INTEGER,
  reason_code TEXT,
  reason TEXT,
  claim_id BLOB REFERENCES claims (id)
) STRICT;
CREATE INDEX asks_by_need ON asks (need_id, state);
CREATE INDEX asks_by_organization ON asks (organization_id, state, due_at);
CREATE INDEX asks_by_due ON asks (state, due_at);
-- One open invitation of an organization on a need: nothing is sent twice.
CREATE UNIQUE INDEX asks_open ON asks (need_id, organization_id) WHERE state = 'sent';

CREATE TABLE ask_lines (
  ask_id BLOB NOT NULL REFERENCES asks (id),
  line_id BLOB NOT NULL REFERENCES need_lines (id),
  project_id BLOB REFERENCES projects (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (ask_id, line_id)
) STRICT;
CREATE INDEX ask_lines_by_line ON ask_lines (line_id);
CREATE INDEX ask_lines_by_project ON ask_lines (project_id);
