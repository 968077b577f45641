-- Volunteers 志愿者: what names a person is sealed; the own number stands for it everywhere else.
CREATE TABLE volunteers (
  id BLOB PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  account_id BLOB UNIQUE REFERENCES accounts (id),
  state TEXT NOT NULL,
  division_code TEXT NOT NULL,
  payload BLOB,
  skills TEXT NOT NULL DEFAULT '[]',
  service_codes TEXT NOT NULL DEFAULT '[]',
  slots TEXT NOT NULL DEFAULT '[]',
  consented_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  withdrawn_at INTEGER,
  version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX volunteers_by_division ON volunteers (division_code, state);
-- Keyed hashes, so that one person is entered once.
CREATE TABLE volunteer_marks (
  volunteer_id BLOB NOT NULL REFERENCES volunteers (id),
  kind TEXT NOT NULL,
  mark BLOB NOT NULL,
  PRIMARY KEY (volunteer_id, kind, mark)
) STRICT;
CREATE INDEX volunteer_marks_by_mark ON volunteer_marks (mark);

-- Teams 志愿服务队: of an organization, or supervised by the village committee or street of the division.
CREATE TABLE teams (
  id BLOB PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL DEFAULT '',
  organization_id BLOB REFERENCES organizations (id),
  division_code TEXT NOT NULL,
  service_codes TEXT NOT NULL DEFAULT '[]',
  reason TEXT,
  founded_by BLOB REFERENCES accounts (id),
  decided_by BLOB REFERENCES accounts (id),
  due_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX teams_by_organization ON teams (organization_id, state);
CREATE INDEX teams_by_division ON teams (division_code, state);

CREATE TABLE team_members (
  id BLOB PRIMARY KEY,
  team_id BLOB NOT NULL REFERENCES teams (id),
  volunteer_id BLOB NOT NULL REFERENCES volunteers (id),
  account_id BLOB REFERENCES accounts (id),
  state TEXT NOT NULL,
  leads INTEGER NOT NULL DEFAULT FALSE,
  note TEXT NOT NULL DEFAULT '',
  reason TEXT,
  applied_at INTEGER NOT NULL,
  decided_by BLOB REFERENCES accounts (id),
  decided_at INTEGER
) STRICT;
CREATE INDEX team_members_by_team ON team_members (team_id, state);
CREATE INDEX team_members_by_account ON team_members (account_id, state);
CREATE UNIQUE INDEX team_members_once ON team_members (team_id, volunteer_id) WHERE state IN ('applied', 'active');

-- Openings 岗位: what is to be done, by whom, under which protection.
CREATE TABLE openings (
  id BLOB PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  team_id BLOB NOT NULL REFERENCES teams (id),
  organization_id BLOB REFERENCES organizations (id),
  pairing_id BLOB REFERENCES pairings (id),
  division_code TEXT NOT NULL,
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  place TEXT NOT NULL,
  service_code TEXT NOT NULL,
  skills TEXT NOT NULL DEFAULT '[]',
  min_age INTEGER NOT NULL,
  approval INTEGER NOT NULL,
  dangerous INTEGER NOT NULL,
  risk_notice TEXT NOT NULL DEFAULT '',
  insurance TEXT NOT NULL DEFAULT '',
  insured_until TEXT,
  accompany INTEGER NOT NULL DEFAULT FALSE,
  reason TEXT,
  author_id BLOB REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX openings_by_team ON openings (team_id, state);
CREATE INDEX openings_by_division ON openings (division_code, state);

-- Shifts 班次. taken = sign-ups that hold a place.
CREATE TABLE shifts (
  id BLOB PRIMARY KEY,
  opening_id BLOB NOT NULL REFERENCES openings (id),
  team_id BLOB NOT NULL REFERENCES teams (id),
  state TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  places INTEGER NOT NULL CHECK (places > 0),
  taken INTEGER NOT NULL DEFAULT 0,
  check_code TEXT NOT NULL,
  reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (ends_at > starts_at),
  CHECK (taken >= 0 AND taken <= places)
) STRICT;
CREATE UNIQUE INDEX shifts_once ON shifts (opening_id, starts_at) WHERE state = 'planned';
CREATE INDEX shifts_by_time ON shifts (state, starts_at);
CREATE INDEX shifts_by_team ON shifts (team_id, starts_at);

-- Sign-ups 报名, from wanting to come to recorded hours.
CREATE TABLE signups (
  id BLOB PRIMARY KEY,
  shift_id BLOB NOT NULL REFERENCES shifts (id),
  team_id BLOB NOT NULL REFERENCES teams (id),
  volunteer_id BLOB NOT NULL REFERENCES volunteers (id),
  state TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  applied_at INTEGER NOT NULL,
  decided_at INTEGER,
  reason TEXT,
  in_at INTEGER,
  in_by BLOB REFERENCES accounts (id),
  out_at INTEGER,
  out_by BLOB REFERENCES accounts (id),
  minutes INTEGER,
  note TEXT NOT NULL DEFAULT '',
  entered_by BLOB REFERENCES accounts (id),
  entered_at INTEGER,
  confirmed_by BLOB REFERENCES accounts (id),
  confirmed_at INTEGER,
  due_at INTEGER,
  reminded_at INTEGER
) STRICT;
CREATE INDEX signups_by_shift ON signups (shift_id, state, applied_at);
CREATE INDEX signups_by_volunteer ON signups (volunteer_id, starts_at);
CREATE INDEX signups_by_team ON signups (team_id, state, due_at);
CREATE INDEX signups_by_due ON signups (state, due_at);
CREATE INDEX signups_by_enterer ON signups (entered_by, entered_at);
CREATE UNIQUE INDEX signups_once ON signups (shift_id, volunteer_id) WHERE state NOT IN ('withdrawn', 'declined', 'cancelled', 'late_cancel');

-- What was served 志愿服务记录: never edited; a correction is a new row that supersedes.
CREATE TABLE service_records (
  id BLOB PRIMARY KEY,
  signup_id BLOB NOT NULL REFERENCES signups (id),
  volunteer_id BLOB NOT NULL REFERENCES volunteers (id),
  team_id BLOB NOT NULL REFERENCES teams (id),
  organization_id BLOB REFERENCES organizations (id),
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  place TEXT NOT NULL,
  unit TEXT NOT NULL,
  day TEXT NOT NULL,
  minutes INTEGER NOT NULL CHECK (minutes > 0),
  lead_id BLOB REFERENCES accounts (id),
  entered_by BLOB NOT NULL REFERENCES accounts (id),
  confirmed_by BLOB NOT NULL REFERENCES accounts (id),
  recorded_at INTEGER NOT NULL,
  supersedes BLOB REFERENCES service_records (id),
  reason TEXT,
  CHECK (entered_by <> confirmed_by)
) STRICT;
CREATE INDEX service_records_by_volunteer ON service_records (volunteer_id, state, day);
CREATE INDEX service_records_by_team ON service_records (team_id, state, day);
CREATE UNIQUE INDEX service_records_valid ON service_records (signup_id) WHERE state = 'valid';

-- Corrections 更正 that volunteers ask for.
CREATE TABLE corrections (
  id BLOB PRIMARY KEY,
  signup_id BLOB NOT NULL REFERENCES signups (id),
  volunteer_id BLOB NOT NULL REFERENCES volunteers (id),
  team_id BLOB NOT NULL REFERENCES teams (id),
  state TEXT NOT NULL,
  wanted INTEGER NOT NULL,
  words TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  reminded_at INTEGER,
  minutes INTEGER,
  proposed_by BLOB REFERENCES accounts (id),
  proposed_at INTEGER,
  decided_by BLOB REFERENCES accounts (id),
  decided_at INTEGER,
  answer TEXT
) STRICT;
CREATE INDEX corrections_by_team ON corrections (team_id, state, due_at);
CREATE INDEX corrections_by_volunteer ON corrections (volunteer_id, asked_at);
CREATE UNIQUE INDEX corrections_open ON corrections (signup_id) WHERE state IN ('asked', 'proposed');

-- A notice to one account.
ALTER TABLE notices ADD COLUMN account_id BLOB REFERENCES accounts (id);
CREATE INDEX notices_by_account ON notices (account_id, at);
