-- Volunteers 志愿者: what names a person is sealed; the own number stands for it everywhere else.
CREATE TABLE volunteers (
  id UUID PRIMARY KEY,
  number TEXT COLLATE "C" NOT NULL UNIQUE,
  account_id UUID UNIQUE REFERENCES accounts (id),
  state TEXT NOT NULL,
  division_code TEXT COLLATE "C" NOT NULL,
  payload BYTEA,
  skills TEXT NOT NULL DEFAULT '[]',
  service_codes TEXT NOT NULL DEFAULT '[]',
  slots TEXT NOT NULL DEFAULT '[]',
  consented_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  withdrawn_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX volunteers_by_division ON volunteers (division_code, state);
-- Keyed hashes, so that one person is entered once.
CREATE TABLE volunteer_marks (
  volunteer_id UUID NOT NULL REFERENCES volunteers (id),
  kind TEXT NOT NULL,
  mark BYTEA NOT NULL,
  PRIMARY KEY (volunteer_id, kind, mark)
);
CREATE INDEX volunteer_marks_by_mark ON volunteer_marks (mark);

-- Teams 志愿服务队: of an organization, or supervised by the village committee or street of the division.
CREATE TABLE teams (
  id UUID PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL UNIQUE,
  state TEXT NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL DEFAULT '',
  organization_id UUID REFERENCES organizations (id),
  division_code TEXT COLLATE "C" NOT NULL,
  service_codes TEXT NOT NULL DEFAULT '[]',
  reason TEXT,
  founded_by UUID REFERENCES accounts (id),
  decided_by UUID REFERENCES accounts (id),
  due_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX teams_by_organization ON teams (organization_id, state);
CREATE INDEX teams_by_division ON teams (division_code, state);

CREATE TABLE team_members (
  id UUID PRIMARY KEY,
  team_id UUID NOT NULL REFERENCES teams (id),
  volunteer_id UUID NOT NULL REFERENCES volunteers (id),
  account_id UUID REFERENCES accounts (id),
  state TEXT NOT NULL,
  leads BOOLEAN NOT NULL DEFAULT FALSE,
  note TEXT NOT NULL DEFAULT '',
  reason TEXT,
  applied_at BIGINT NOT NULL,
  decided_by UUID REFERENCES accounts (id),
  decided_at BIGINT
);
CREATE INDEX team_members_by_team ON team_members (team_id, state);
CREATE INDEX team_members_by_account ON team_members (account_id, state);
CREATE UNIQUE INDEX team_members_once ON team_members (team_id, volunteer_id) WHERE state IN ('applied', 'active');

-- Openings 岗位: what is to be done, by whom, under which protection.
CREATE TABLE openings (
  id UUID PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL UNIQUE,
  team_id UUID NOT NULL REFERENCES teams (id),
  organization_id UUID REFERENCES organizations (id),
  pairing_id UUID REFERENCES pairings (id),
  division_code TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  place TEXT NOT NULL,
  service_code TEXT NOT NULL,
  skills TEXT NOT NULL DEFAULT '[]',
  min_age BIGINT NOT NULL,
  approval BOOLEAN NOT NULL,
  dangerous BOOLEAN NOT NULL,
  risk_notice TEXT NOT NULL DEFAULT '',
  insurance TEXT NOT NULL DEFAULT '',
  insured_until DATE,
  accompany BOOLEAN NOT NULL DEFAULT FALSE,
  reason TEXT,
  author_id UUID REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX openings_by_team ON openings (team_id, state);
CREATE INDEX openings_by_division ON openings (division_code, state);

-- Shifts 班次. taken = sign-ups that hold a place.
CREATE TABLE shifts (
  id UUID PRIMARY KEY,
  opening_id UUID NOT NULL REFERENCES openings (id),
  team_id UUID NOT NULL REFERENCES teams (id),
  state TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  places BIGINT NOT NULL CHECK (places > 0),
  taken BIGINT NOT NULL DEFAULT 0,
  check_code TEXT NOT NULL,
  reason TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  CHECK (ends_at > starts_at),
  CHECK (taken >= 0 AND taken <= places)
);
CREATE UNIQUE INDEX shifts_once ON shifts (opening_id, starts_at) WHERE state = 'planned';
CREATE INDEX shifts_by_time ON shifts (state, starts_at);
CREATE INDEX shifts_by_team ON shifts (team_id, starts_at);

-- Sign-ups 报名, from wanting to come to recorded hours.
CREATE TABLE signups (
  id UUID PRIMARY KEY,
  shift_id UUID NOT NULL REFERENCES shifts (id),
  team_id UUID NOT NULL REFERENCES teams (id),
  volunteer_id UUID NOT NULL REFERENCES volunteers (id),
  state TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  applied_at BIGINT NOT NULL,
  decided_at BIGINT,
  reason TEXT,
  in_at BIGINT,
  in_by UUID REFERENCES accounts (id),
  out_at BIGINT,
  out_by UUID REFERENCES accounts (id),
  minutes BIGINT,
  note TEXT NOT NULL DEFAULT '',
  entered_by UUID REFERENCES accounts (id),
  entered_at BIGINT,
  confirmed_by UUID REFERENCES accounts (id),
  confirmed_at BIGINT,
  due_at BIGINT,
  reminded_at BIGINT
);
CREATE INDEX signups_by_shift ON signups (shift_id, state, applied_at);
CREATE INDEX signups_by_volunteer ON signups (volunteer_id, starts_at);
CREATE INDEX signups_by_team ON signups (team_id, state, due_at);
CREATE INDEX signups_by_due ON signups (state, due_at);
CREATE INDEX signups_by_enterer ON signups (entered_by, entered_at);
CREATE UNIQUE INDEX signups_once ON signups (shift_id, volunteer_id) WHERE state NOT IN ('withdrawn', 'declined', 'cancelled', 'late_cancel');

-- What was served 志愿服务记录: never edited; a correction is a new row that supersedes.
CREATE TABLE service_records (
  id UUID PRIMARY KEY,
  signup_id UUID NOT NULL REFERENCES signups (id),
  volunteer_id UUID NOT NULL REFERENCES volunteers (id),
  team_id UUID NOT NULL REFERENCES teams (id),
  organization_id UUID REFERENCES organizations (id),
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  place TEXT NOT NULL,
  unit TEXT NOT NULL,
  day DATE NOT NULL,
  minutes BIGINT NOT NULL CHECK (minutes > 0),
  lead_id UUID REFERENCES accounts (id),
  entered_by UUID NOT NULL REFERENCES accounts (id),
  confirmed_by UUID NOT NULL REFERENCES accounts (id),
  recorded_at BIGINT NOT NULL,
  supersedes UUID REFERENCES service_records (id),
  reason TEXT,
  CHECK (entered_by <> confirmed_by)
);
CREATE INDEX service_records_by_volunteer ON service_records (volunteer_id, state, day);
CREATE INDEX service_records_by_team ON service_records (team_id, state, day);
CREATE UNIQUE INDEX service_records_valid ON service_records (signup_id) WHERE state = 'valid';

-- Corrections 更正 that volunteers ask for.
CREATE TABLE corrections (
  id UUID PRIMARY KEY,
  signup_id UUID NOT NULL REFERENCES signups (id),
  volunteer_id UUID NOT NULL REFERENCES volunteers (id),
  team_id UUID NOT NULL REFERENCES teams (id),
  state TEXT NOT NULL,
  wanted BIGINT NOT NULL,
  words TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  reminded_at BIGINT,
  minutes BIGINT,
  proposed_by UUID REFERENCES accounts (id),
  proposed_at BIGINT,
  decided_by UUID REFERENCES accounts (id),
  decided_at BIGINT,
  answer TEXT
);
CREATE INDEX corrections_by_team ON corrections (team_id, state, due_at);
CREATE INDEX corrections_by_volunteer ON corrections (volunteer_id, asked_at);
CREATE UNIQUE INDEX corrections_open ON corrections (signup_id) WHERE state IN ('asked', 'proposed');

-- A notice to one account.
ALTER TABLE notices ADD COLUMN account_id UUID REFERENCES accounts (id);
CREATE INDEX notices_by_account ON notices (account_id, at);
