-- Projects 帮扶项目: what an organization offers, where, for whom, how much.
CREATE TABLE projects (
  id UUID PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL UNIQUE,
  organization_id UUID NOT NULL REFERENCES organizations (id),
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL DEFAULT '',
  schedule TEXT NOT NULL DEFAULT '',
  service_codes TEXT NOT NULL,
  group_codes TEXT NOT NULL DEFAULT '[]',
  area_codes TEXT NOT NULL,
  qualification_codes TEXT NOT NULL DEFAULT '[]',
  measure TEXT NOT NULL,
  capacity BIGINT NOT NULL CHECK (capacity > 0),
  unit TEXT NOT NULL,
  per TEXT NOT NULL,
  each_quantity BIGINT,
  each_unit TEXT,
  each_per TEXT,
  starts_on DATE,
  ends_on DATE,
  confirmed_at BIGINT NOT NULL,
  reason TEXT,
  author_id UUID REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX projects_by_organization ON projects (organization_id, state);
CREATE INDEX projects_by_state ON projects (state, updated_at);

-- The project that a claimed line draws on.
ALTER TABLE claim_lines ADD COLUMN project_id UUID REFERENCES projects (id);
CREATE INDEX claim_lines_by_project ON claim_lines (project_id);

-- Batches 批量匹配: a proposal of invitations, edited before anybody is asked.
CREATE TABLE batches (
  id UUID PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL UNIQUE,
  division_code TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  rules TEXT NOT NULL,
  run BIGINT NOT NULL DEFAULT 1,
  progress BIGINT NOT NULL DEFAULT 0,
  finished_at BIGINT,
  failure TEXT,
  summary TEXT NOT NULL DEFAULT '{}',
  author_id UUID REFERENCES accounts (id),
  sent_by UUID REFERENCES accounts (id),
  sent_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX batches_by_division ON batches (division_code, state, created_at);

CREATE TABLE batch_items (
  batch_id UUID NOT NULL REFERENCES batches (id),
  line_id UUID NOT NULL REFERENCES need_lines (id),
  organization_id UUID NOT NULL REFERENCES organizations (id),
  need_id UUID NOT NULL REFERENCES needs (id),
  project_id UUID REFERENCES projects (id),
  quantity BIGINT NOT NULL,
  fit BIGINT NOT NULL,
  mark TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (batch_id, line_id, organization_id)
);
CREATE INDEX batch_items_by_need ON batch_items (batch_id, need_id);

CREATE TABLE batch_unserved (
  batch_id UUID NOT NULL REFERENCES batches (id),
  line_id UUID NOT NULL REFERENCES need_lines (id),
  need_id UUID NOT NULL REFERENCES needs (id),
  reason TEXT NOT NULL,
  PRIMARY KEY (batch_id, line_id)
);

-- Invitations 邀请: an organization is asked; nobody is assigned.
CREATE TABLE asks (
  id UUID PRIMARY KEY,
  need_id UUID NOT NULL REFERENCES needs (id),
  cycle BIGINT NOT NULL,
  organization_id UUID NOT NULL REFERENCES organizations (id),
  division_code TEXT COLLATE "C" NOT NULL,
  batch_id UUID REFERENCES batches (id),
  state TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  sent_by UUID REFERENCES accounts (id),
  sent_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  answered_by UUID REFERENCES accounts (id),
  answered_at BIGINT,
  reason_code TEXT,
  reason TEXT,
  claim_id UUID REFERENCES claims (id)
);
CREATE INDEX asks_by_need ON asks (need_id, state);
CREATE INDEX asks_by_organization ON asks (organization_id, state, due_at);
CREATE INDEX asks_by_due ON asks (state, due_at);
-- One open invitation of an organization on a need: nothing is sent twice.
CREATE UNIQUE INDEX asks_open ON asks (need_id, organization_id) WHERE state = 'sent';

CREATE TABLE ask_lines (
  ask_id UUID NOT NULL REFERENCES asks (id),
  line_id UUID NOT NULL REFERENCES need_lines (id),
  project_id UUID REFERENCES projects (id),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (ask_id, line_id)
);
CREATE INDEX ask_lines_by_line ON ask_lines (line_id);
CREATE INDEX ask_lines_by_project ON ask_lines (project_id);
