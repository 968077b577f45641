-- Organizations that help 社会组织.
CREATE TABLE organizations (
  id BLOB PRIMARY KEY,
  uscc TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  division_code TEXT NOT NULL,
  state TEXT NOT NULL,
  verified_until TEXT,
  business_scope TEXT NOT NULL DEFAULT '',
  service_codes TEXT NOT NULL DEFAULT '[]',
  area_codes TEXT NOT NULL DEFAULT '[]',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX organizations_by_state ON organizations (state, division_code);

-- Accounts; scope is a prefix of the division code, empty for organizations.
CREATE TABLE accounts (
  id BLOB PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  display_name TEXT NOT NULL,
  role TEXT NOT NULL,
  scope TEXT NOT NULL DEFAULT '',
  organization_id BLOB REFERENCES organizations (id),
  state TEXT NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  locked_until INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX accounts_by_organization ON accounts (organization_id);
CREATE INDEX accounts_by_scope ON accounts (role, scope);

-- Sessions: only the hash of the token is kept.
CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account_id);

-- What was typed and not yet accepted, with its mistakes.
CREATE TABLE drafts (
  id BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  form TEXT NOT NULL,
  fields BLOB NOT NULL,
  mistakes TEXT NOT NULL DEFAULT '[]',
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_account ON drafts (account_id, form, updated_at);

-- A form's token is spent once: the second submit gets the first one's answer.
CREATE TABLE once_tokens (
  token BLOB PRIMARY KEY,
  account_id BLOB NOT NULL REFERENCES accounts (id),
  command TEXT NOT NULL,
  result TEXT NOT NULL DEFAULT '',
  used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX once_tokens_by_time ON once_tokens (used_at);

-- Counters behind the readable codes.
CREATE TABLE counters (
  series TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;

-- Needs 需求: the card and its state. Nothing here names a person.
CREATE TABLE needs (
  id BLOB PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  division_code TEXT NOT NULL,
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
  valid_until TEXT,
  state TEXT NOT NULL,
  close_reason TEXT,
  close_note TEXT,
  cycle INTEGER NOT NULL DEFAULT 1,
  author_id BLOB REFERENCES accounts (id),
  submitter_id BLOB REFERENCES accounts (id),
  publisher_id BLOB REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  submitted_at INTEGER,
  published_at INTEGER,
  closed_at INTEGER,
  due_at INTEGER,
  escalation INTEGER NOT NULL DEFAULT 0,
  merged_into BLOB REFERENCES needs (id),
  import_id BLOB,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX needs_by_division ON needs (division_code, state);
CREATE INDEX needs_by_state ON needs (state, published_at);
CREATE INDEX needs_by_due ON needs (state, due_at);

-- What is asked, line by line. taken = reserved by pending claims + held by pairings.
CREATE TABLE need_lines (
  id BLOB PRIMARY KEY,
  need_id BLOB NOT NULL REFERENCES needs (id),
  cycle INTEGER NOT NULL,
  position INTEGER NOT NULL,
  service_code TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  unit TEXT NOT NULL,
  per TEXT NOT NULL,
  starts_on TEXT,
  ends_on TEXT,
  note TEXT NOT NULL DEFAULT '',
  taken INTEGER NOT NULL DEFAULT 0,
  taken_at INTEGER,
  CHECK (taken >= 0 AND taken <= quantity)
) STRICT;
CREATE INDEX need_lines_by_need ON need_lines (need_id, cycle, position);

-- Dated beneficiary categories 对象类别, with who decided.
CREATE TABLE need_beneficiaries (
  need_id BLOB NOT NULL REFERENCES needs (id),
  category_code TEXT NOT NULL,
  decided_on TEXT,
  decided_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (need_id, category_code)
) STRICT;

-- The file 档案: private, read and written by the sealed module alone.
CREATE TABLE need_files (
  need_id BLOB PRIMARY KEY REFERENCES needs (id),
  payload BLOB NOT NULL
) STRICT;
-- Keyed hashes for equality search (same ID number, phone, address).
CREATE TABLE file_marks (
  need_id BLOB NOT NULL REFERENCES needs (id),
  kind TEXT NOT NULL,
  mark BLOB NOT NULL,
  PRIMARY KEY (need_id, kind, mark)
) STRICT;
CREATE INDEX file_marks_by_mark ON file_marks (mark);

-- Consent 知情同意: who, for what, by which channel, until when.
CREATE TABLE consents (
  id BLOB PRIMARY KEY,
  need_id BLOB NOT NULL REFERENCES needs (id),
  state TEXT NOT NULL,
  by_guardian INTEGER NOT NULL,
  channel TEXT NOT NULL,
  purpose TEXT NOT NULL,
  evidence TEXT NOT NULL DEFAULT '',
  given_on TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  recorded_by BLOB REFERENCES accounts (id),
  recorded_at INTEGER NOT NULL,
  withdrawn_at INTEGER
) STRICT;
CREATE INDEX consents_by_need ON consents (need_id, state);

-- Claims 认领.
CREATE TABLE claims (
  id BLOB PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  need_id BLOB NOT NULL REFERENCES needs (id),
  cycle INTEGER NOT NULL,
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  division_code TEXT NOT NULL,
  state TEXT NOT NULL,
  plan TEXT NOT NULL,
  start_on TEXT NOT NULL,
  submitted_by BLOB REFERENCES accounts (id),
  submitted_at INTEGER NOT NULL,
  due_at INTEGER,
  question TEXT,
  answer TEXT,
  decided_by BLOB REFERENCES accounts (id),
  decided_at INTEGER,
  reason TEXT,
  escalation INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX claims_by_need ON claims (need_id, state);
CREATE INDEX claims_by_organization ON claims (organization_id, state, submitted_at);
CREATE INDEX claims_by_division ON claims (division_code, state, due_at);
CREATE INDEX claims_by_due ON claims (state, due_at);
-- One pending claim of an organization on a need.
CREATE UNIQUE INDEX claims_pending ON claims (need_id, organization_id) WHERE state IN ('submitted', 'needs_info');

CREATE TABLE claim_lines (
  claim_id BLOB NOT NULL REFERENCES claims (id),
  line_id BLOB NOT NULL REFERENCES need_lines (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (claim_id, line_id)
) STRICT;
CREATE INDEX claim_lines_by_line ON claim_lines (line_id);

-- Pairings 结对.
CREATE TABLE pairings (
  id BLOB PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  claim_id BLOB NOT NULL UNIQUE REFERENCES claims (id),
  need_id BLOB NOT NULL REFERENCES needs (id),
  cycle INTEGER NOT NULL,
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  division_code TEXT NOT NULL,
  state TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  due_at INTEGER,
  reminded_at INTEGER,
  started_at INTEGER,
  outcome TEXT,
  report TEXT,
  reported_by BLOB REFERENCES accounts (id),
  reported_at INTEGER,
  result TEXT,
  completed_by BLOB REFERENCES accounts (id),
  ended_at INTEGER,
  ended_by BLOB REFERENCES accounts (id),
  end_side TEXT,
  reason TEXT,
  successor_id BLOB REFERENCES pairings (id)
) STRICT;
CREATE INDEX pairings_by_need ON pairings (need_id, state);
CREATE INDEX pairings_by_organization ON pairings (organization_id, state);
CREATE INDEX pairings_by_division ON pairings (division_code, state, due_at);
CREATE INDEX pairings_by_due ON pairings (state, due_at);

CREATE TABLE pairing_workers (
  pairing_id BLOB NOT NULL REFERENCES pairings (id),
  account_id BLOB NOT NULL REFERENCES accounts (id),
  assigned_at INTEGER NOT NULL,
  PRIMARY KEY (pairing_id, account_id)
) STRICT;

CREATE TABLE transfers (
  id BLOB PRIMARY KEY,
  pairing_id BLOB NOT NULL REFERENCES pairings (id),
  to_organization_id BLOB NOT NULL REFERENCES organizations (id),
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  offered_by BLOB REFERENCES accounts (id),
  offered_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  decided_at INTEGER
) STRICT;
CREATE UNIQUE INDEX transfers_pending ON transfers (pairing_id) WHERE state IN ('offered', 'accepted');
CREATE INDEX transfers_by_target ON transfers (to_organization_id, state);
CREATE INDEX transfers_by_expiry ON transfers (state, expires_at);

-- Delivery entries 服务记录. A correction is a new row that supersedes the old one.
CREATE TABLE deliveries (
  id BLOB PRIMARY KEY,
  pairing_id BLOB NOT NULL REFERENCES pairings (id),
  line_id BLOB NOT NULL REFERENCES need_lines (id),
  division_code TEXT NOT NULL,
  state TEXT NOT NULL,
  planned_on TEXT NOT NULL,
  planned_at TEXT,
  done_on TEXT,
  units INTEGER,
  minutes INTEGER,
  note TEXT NOT NULL DEFAULT '',
  miss_reason TEXT,
  recorded_by BLOB REFERENCES accounts (id),
  recorded_at INTEGER,
  due_at INTEGER,
  decided_by BLOB REFERENCES accounts (id),
  decided_at INTEGER,
  reason TEXT,
  supersedes BLOB REFERENCES deliveries (id),
  superseded INTEGER NOT NULL DEFAULT FALSE,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_by_pairing ON deliveries (pairing_id, planned_on);
CREATE INDEX deliveries_by_division ON deliveries (division_code, state, due_at);

-- Verifications 核验.
CREATE TABLE verifications (
  id BLOB PRIMARY KEY,
  pairing_id BLOB NOT NULL REFERENCES pairings (id),
  need_id BLOB NOT NULL REFERENCES needs (id),
  division_code TEXT NOT NULL,
  recheck INTEGER NOT NULL DEFAULT FALSE,
  attempt INTEGER NOT NULL,
  state TEXT NOT NULL,
  assignee_id BLOB NOT NULL REFERENCES accounts (id),
  assigned_by BLOB REFERENCES accounts (id),
  assigned_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  method TEXT,
  result TEXT,
  fail_reason TEXT,
  note TEXT NOT NULL DEFAULT '',
  done_at INTEGER
) STRICT;
CREATE INDEX verifications_by_pairing ON verifications (pairing_id, attempt);
CREATE INDEX verifications_by_assignee ON verifications (assignee_id, state, due_at);
CREATE INDEX verifications_by_division ON verifications (division_code, state, due_at);
CREATE UNIQUE INDEX verifications_open ON verifications (pairing_id) WHERE state = 'assigned';

-- The event log: append-only, audit trail and change feed in one.
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  xid INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL,
  actor_id BLOB,
  actor_role TEXT NOT NULL,
  origin TEXT NOT NULL,
  object TEXT NOT NULL,
  object_id BLOB NOT NULL,
  need_id BLOB,
  division_code TEXT NOT NULL DEFAULT '',
  organization_id BLOB,
  command TEXT NOT NULL,
  from_state TEXT,
  to_state TEXT NOT NULL,
  reason TEXT,
  data TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX events_by_object ON events (object_id, id);
CREATE INDEX events_by_need ON events (need_id, id);
CREATE INDEX events_in_order ON events (xid, id);

-- The events sealed in commit order into a SHA-256 chain.
CREATE TABLE event_seals (
  position INTEGER PRIMARY KEY,
  event_id INTEGER NOT NULL UNIQUE REFERENCES events (id),
  hash BLOB NOT NULL
) STRICT;

-- Notices 站内信: to an organization, or to the offices of a scope.
CREATE TABLE notices (
  id BLOB PRIMARY KEY,
  at INTEGER NOT NULL,
  organization_id BLOB REFERENCES organizations (id),
  scope TEXT,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  href TEXT NOT NULL,
  read_at INTEGER
) STRICT;
CREATE INDEX notices_by_organization ON notices (organization_id, at);
CREATE INDEX notices_by_scope ON notices (scope, at);

-- Ledger imports 台账导入: checked first, applied once.
CREATE TABLE imports (
  id BLOB PRIMARY KEY,
  account_id BLOB REFERENCES accounts (id),
  scope TEXT NOT NULL,
  file_name TEXT NOT NULL,
  file_hash BLOB NOT NULL,
  file BLOB,
  state TEXT NOT NULL,
  report BLOB NOT NULL,
  rows_total INTEGER NOT NULL,
  rows_good INTEGER NOT NULL,
  rows_bad INTEGER NOT NULL,
  rows_duplicate INTEGER NOT NULL,
  rows_imported INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  decided_at INTEGER
) STRICT;
CREATE INDEX imports_by_scope ON imports (scope, created_at);
-- Which ledger rows have become needs: the same row never becomes two.
CREATE TABLE import_marks (
  mark BLOB PRIMARY KEY,
  need_id BLOB NOT NULL REFERENCES needs (id),
  import_id BLOB NOT NULL REFERENCES imports (id)
) STRICT;

-- Editions of divisions and vocabularies; old codes keep resolving.
CREATE TABLE reference_editions (
  id BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  edition TEXT NOT NULL,
  source TEXT NOT NULL,
  content TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  UNIQUE (kind, edition)
) STRICT;

-- What was recorded stays as it was recorded.
CREATE TRIGGER events_are_final_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_are_final_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
