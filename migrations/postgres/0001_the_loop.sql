-- Organizations that help 社会组织.
CREATE TABLE organizations (
  id UUID PRIMARY KEY,
  uscc TEXT COLLATE "C" NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  division_code TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  verified_until DATE,
  business_scope TEXT NOT NULL DEFAULT '',
  service_codes TEXT NOT NULL DEFAULT '[]',
  area_codes TEXT NOT NULL DEFAULT '[]',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX organizations_by_state ON organizations (state, division_code);

-- Accounts; scope is a prefix of the division code, empty for organizations.
CREATE TABLE accounts (
  id UUID PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  display_name TEXT NOT NULL,
  role TEXT NOT NULL,
  scope TEXT COLLATE "C" NOT NULL DEFAULT '',
  organization_id UUID REFERENCES organizations (id),
  state TEXT NOT NULL,
  failures BIGINT NOT NULL DEFAULT 0,
  locked_until BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX accounts_by_organization ON accounts (organization_id);
CREATE INDEX accounts_by_scope ON accounts (role, scope);

-- Sessions: only the hash of the token is kept.
CREATE TABLE sessions (
  token_hash BYTEA PRIMARY KEY,
  account_id UUID NOT NULL REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- What was typed and not yet accepted, with its mistakes.
CREATE TABLE drafts (
  id UUID PRIMARY KEY,
  account_id UUID NOT NULL REFERENCES accounts (id),
  form TEXT NOT NULL,
  fields BYTEA NOT NULL,
  mistakes TEXT NOT NULL DEFAULT '[]',
  updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_by_account ON drafts (account_id, form, updated_at);

-- A form's token is spent once: the second submit gets the first one's answer.
CREATE TABLE once_tokens (
  token UUID PRIMARY KEY,
  account_id UUID NOT NULL REFERENCES accounts (id),
  command TEXT NOT NULL,
  result TEXT NOT NULL DEFAULT '',
  used_at BIGINT NOT NULL
);
CREATE INDEX once_tokens_by_time ON once_tokens (used_at);

-- Counters behind the readable codes.
CREATE TABLE counters (
  series TEXT COLLATE "C" PRIMARY KEY,
  value BIGINT NOT NULL
);

-- Needs 需求: the card and its state. Nothing here names a person.
CREATE TABLE needs (
  id UUID PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  division_code TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  requirements TEXT NOT NULL DEFAULT '',
  aid_given TEXT NOT NULL DEFAULT '',
  gap TEXT NOT NULL DEFAULT '',
  age_band TEXT,
  sex TEXT,
  urgency TEXT NOT NULL,
  source TEXT NOT NULL,
  source_no TEXT,
  valid_until DATE,
  state TEXT NOT NULL,
  close_reason TEXT,
  close_note TEXT,
  cycle BIGINT NOT NULL DEFAULT 1,
  author_id UUID REFERENCES accounts (id),
  submitter_id UUID REFERENCES accounts (id),
  publisher_id UUID REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  submitted_at BIGINT,
  published_at BIGINT,
  closed_at BIGINT,
  due_at BIGINT,
  escalation BIGINT NOT NULL DEFAULT 0,
  merged_into UUID REFERENCES needs (id),
  import_id UUID,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX needs_by_division ON needs (division_code, state);
CREATE INDEX needs_by_state ON needs (state, published_at);
CREATE INDEX needs_by_due ON needs (state, due_at);

-- What is asked, line by line. taken = reserved by pending claims + held by pairings.
CREATE TABLE need_lines (
  id UUID PRIMARY KEY,
  need_id UUID NOT NULL REFERENCES needs (id),
  cycle BIGINT NOT NULL,
  position BIGINT NOT NULL,
  service_code TEXT NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  unit TEXT NOT NULL,
  per TEXT NOT NULL,
  starts_on DATE,
  ends_on DATE,
  note TEXT NOT NULL DEFAULT '',
  taken BIGINT NOT NULL DEFAULT 0,
  taken_at BIGINT,
  CHECK (taken >= 0 AND taken <= quantity)
);
CREATE INDEX need_lines_by_need ON need_lines (need_id, cycle, position);

-- Dated beneficiary categories 对象类别, with who decided.
CREATE TABLE need_beneficiaries (
  need_id UUID NOT NULL REFERENCES needs (id),
  category_code TEXT NOT NULL,
  decided_on DATE,
  decided_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (need_id, category_code)
);

-- The file 档案: private, read and written by the sealed module alone.
CREATE TABLE need_files (
  need_id UUID PRIMARY KEY REFERENCES needs (id),
  payload BYTEA NOT NULL
);
-- Keyed hashes for equality search (same ID number, phone, address).
CREATE TABLE file_marks (
  need_id UUID NOT NULL REFERENCES needs (id),
  kind TEXT NOT NULL,
  mark BYTEA NOT NULL,
  PRIMARY KEY (need_id, kind, mark)
);
CREATE INDEX file_marks_by_mark ON file_marks (mark);

-- Consent 知情同意: who, for what, by which channel, until when.
CREATE TABLE consents (
  id UUID PRIMARY KEY,
  need_id UUID NOT NULL REFERENCES needs (id),
  state TEXT NOT NULL,
  by_guardian BOOLEAN NOT NULL,
  channel TEXT NOT NULL,
  purpose TEXT NOT NULL,
  evidence TEXT NOT NULL DEFAULT '',
  given_on DATE NOT NULL,
  valid_until DATE NOT NULL,
  recorded_by UUID REFERENCES accounts (id),
  recorded_at BIGINT NOT NULL,
  withdrawn_at BIGINT
);
CREATE INDEX consents_by_need ON consents (need_id, state);

-- Claims 认领.
CREATE TABLE claims (
  id UUID PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL UNIQUE,
  need_id UUID NOT NULL REFERENCES needs (id),
  cycle BIGINT NOT NULL,
  organization_id UUID NOT NULL REFERENCES organizations (id),
  division_code TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  plan TEXT NOT NULL,
  start_on DATE NOT NULL,
  submitted_by UUID REFERENCES accounts (id),
  submitted_at BIGINT NOT NULL,
  due_at BIGINT,
  question TEXT,
  answer TEXT,
  decided_by UUID REFERENCES accounts (id),
  decided_at BIGINT,
  reason TEXT,
  escalation BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX claims_by_need ON claims (need_id, state);
CREATE INDEX claims_by_organization ON claims (organization_id, state, submitted_at);
CREATE INDEX claims_by_division ON claims (division_code, state, due_at);
CREATE INDEX claims_by_due ON claims (state, due_at);
-- One pending claim of an organization on a need.
CREATE UNIQUE INDEX claims_pending ON claims (need_id, organization_id) WHERE state IN ('submitted', 'needs_info');

CREATE TABLE claim_lines (
  claim_id UUID NOT NULL REFERENCES claims (id),
  line_id UUID NOT NULL REFERENCES need_lines (id),
  quantity BIGINT NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (claim_id, line_id)
);
CREATE INDEX claim_lines_by_line ON claim_lines (line_id);

-- Pairings 结对.
CREATE TABLE pairings (
  id UUID PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL UNIQUE,
  claim_id UUID NOT NULL UNIQUE REFERENCES claims (id),
  need_id UUID NOT NULL REFERENCES needs (id),
  cycle BIGINT NOT NULL,
  organization_id UUID NOT NULL REFERENCES organizations (id),
  division_code TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  due_at BIGINT,
  reminded_at BIGINT,
  started_at BIGINT,
  outcome TEXT,
  report TEXT,
  reported_by UUID REFERENCES accounts (id),
  reported_at BIGINT,
  result TEXT,
  completed_by UUID REFERENCES accounts (id),
  ended_at BIGINT,
  ended_by UUID REFERENCES accounts (id),
  end_side TEXT,
  reason TEXT,
  successor_id UUID REFERENCES pairings (id)
);
CREATE INDEX pairings_by_need ON pairings (need_id, state);
CREATE INDEX pairings_by_organization ON pairings (organization_id, state);
CREATE INDEX pairings_by_division ON pairings (division_code, state, due_at);
CREATE INDEX pairings_by_due ON pairings (state, due_at);

CREATE TABLE pairing_workers (
  pairing_id UUID NOT NULL REFERENCES pairings (id),
  account_id UUID NOT NULL REFERENCES accounts (id),
  assigned_at BIGINT NOT NULL,
  PRIMARY KEY (pairing_id, account_id)
);

CREATE TABLE transfers (
  id UUID PRIMARY KEY,
  pairing_id UUID NOT NULL REFERENCES pairings (id),
  to_organization_id UUID NOT NULL REFERENCES organizations (id),
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  offered_by UUID REFERENCES accounts (id),
  offered_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  decided_at BIGINT
);
CREATE UNIQUE INDEX transfers_pending ON transfers (pairing_id) WHERE state IN ('offered', 'accepted');
CREATE INDEX transfers_by_target ON transfers (to_organization_id, state);
CREATE INDEX transfers_by_expiry ON transfers (state, expires_at);

-- Delivery entries 服务记录. A correction is a new row that supersedes the old one.
CREATE TABLE deliveries (
  id UUID PRIMARY KEY,
  pairing_id UUID NOT NULL REFERENCES pairings (id),
  line_id UUID NOT NULL REFERENCES need_lines (id),
  division_code TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  planned_on DATE NOT NULL,
  planned_at TEXT,
  done_on DATE,
  units BIGINT,
  minutes BIGINT,
  note TEXT NOT NULL DEFAULT '',
  miss_reason TEXT,
  recorded_by UUID REFERENCES accounts (id),
  recorded_at BIGINT,
  due_at BIGINT,
  decided_by UUID REFERENCES accounts (id),
  decided_at BIGINT,
  reason TEXT,
  supersedes UUID REFERENCES deliveries (id),
  superseded BOOLEAN NOT NULL DEFAULT FALSE,
  created_at BIGINT NOT NULL
);
CREATE INDEX deliveries_by_pairing ON deliveries (pairing_id, planned_on);
CREATE INDEX deliveries_by_division ON deliveries (division_code, state, due_at);

-- Verifications 核验.
CREATE TABLE verifications (
  id UUID PRIMARY KEY,
  pairing_id UUID NOT NULL REFERENCES pairings (id),
  need_id UUID NOT NULL REFERENCES needs (id),
  division_code TEXT COLLATE "C" NOT NULL,
  recheck BOOLEAN NOT NULL DEFAULT FALSE,
  attempt BIGINT NOT NULL,
  state TEXT NOT NULL,
  assignee_id UUID NOT NULL REFERENCES accounts (id),
  assigned_by UUID REFERENCES accounts (id),
  assigned_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  method TEXT,
  result TEXT,
  fail_reason TEXT,
  note TEXT NOT NULL DEFAULT '',
  done_at BIGINT
);
CREATE INDEX verifications_by_pairing ON verifications (pairing_id, attempt);
CREATE INDEX verifications_by_assignee ON verifications (assignee_id, state, due_at);
CREATE INDEX verifications_by_division ON verifications (division_code, state, due_at);
CREATE UNIQUE INDEX verifications_open ON verifications (pairing_id) WHERE state = 'assigned';

-- The event log: append-only, audit trail and change feed in one.
CREATE TABLE events (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
  at BIGINT NOT NULL,
  actor_id UUID,
  actor_role TEXT NOT NULL,
  origin TEXT NOT NULL,
  object TEXT NOT NULL,
  object_id UUID NOT NULL,
  need_id UUID,
  division_code TEXT COLLATE "C" NOT NULL DEFAULT '',
  organization_id UUID,
  command TEXT NOT NULL,
  from_state TEXT,
  to_state TEXT NOT NULL,
  reason TEXT,
  data TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX events_by_object ON events (object_id, id);
CREATE INDEX events_by_need ON events (need_id, id);
CREATE INDEX events_in_order ON events (xid, id);

-- The events sealed in commit order into a SHA-256 chain.
CREATE TABLE event_seals (
  position BIGINT PRIMARY KEY,
  event_id BIGINT NOT NULL UNIQUE REFERENCES events (id),
  hash BYTEA NOT NULL
);

-- Notices 站内信: to an organization, or to the offices of a scope.
CREATE TABLE notices (
  id UUID PRIMARY KEY,
  at BIGINT NOT NULL,
  organization_id UUID REFERENCES organizations (id),
  scope TEXT COLLATE "C",
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  href TEXT NOT NULL,
  read_at BIGINT
);
CREATE INDEX notices_by_organization ON notices (organization_id, at);
CREATE INDEX notices_by_scope ON notices (scope, at);

-- Ledger imports 台账导入: checked first, applied once.
CREATE TABLE imports (
  id UUID PRIMARY KEY,
  account_id UUID REFERENCES accounts (id),
  scope TEXT COLLATE "C" NOT NULL,
  file_name TEXT NOT NULL,
  file_hash BYTEA NOT NULL,
  file BYTEA,
  state TEXT NOT NULL,
  report BYTEA NOT NULL,
  rows_total BIGINT NOT NULL,
  rows_good BIGINT NOT NULL,
  rows_bad BIGINT NOT NULL,
  rows_duplicate BIGINT NOT NULL,
  rows_imported BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  decided_at BIGINT
);
CREATE INDEX imports_by_scope ON imports (scope, created_at);
-- Which ledger rows have become needs: the same row never becomes two.
CREATE TABLE import_marks (
  mark BYTEA PRIMARY KEY,
  need_id UUID NOT NULL REFERENCES needs (id),
  import_id UUID NOT NULL REFERENCES imports (id)
);

-- Editions of divisions and vocabularies; old codes keep resolving.
CREATE TABLE reference_editions (
  id UUID PRIMARY KEY,
  kind TEXT NOT NULL,
  edition TEXT NOT NULL,
  source TEXT NOT NULL,
  content TEXT NOT NULL,
  imported_at BIGINT NOT NULL,
  UNIQUE (kind, edition)
);

-- What was recorded stays as it was recorded.
CREATE FUNCTION events_are_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$;
CREATE TRIGGER events_are_final BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_are_final();
