-- Ledgers of members: an import of a team's, and which rows have invited somebody.
ALTER TABLE imports ADD COLUMN team_id UUID REFERENCES teams (id);
CREATE INDEX imports_by_team ON imports (team_id, created_at);
CREATE TABLE member_marks (
  mark BYTEA PRIMARY KEY,
  team_id UUID NOT NULL REFERENCES teams (id),
  import_id UUID NOT NULL REFERENCES imports (id)
);
-- An invitation is a membership that runs.
DROP INDEX team_members_once;
CREATE UNIQUE INDEX team_members_once ON team_members (team_id, volunteer_id) WHERE state IN ('invited', 'applied', 'active');
CREATE INDEX team_members_by_volunteer ON team_members (volunteer_id, state);

-- Trainings 培训 with who took part, awards 表彰奖励, evaluations 服务评价 (民政部令第67号 article 7). Nothing is edited; what was
-- wrong is voided.
CREATE TABLE trainings (
  id UUID PRIMARY KEY,
  team_id UUID NOT NULL REFERENCES teams (id),
  organization_id UUID REFERENCES organizations (id),
  state TEXT NOT NULL,
  name TEXT NOT NULL,
  content TEXT NOT NULL,
  minutes BIGINT NOT NULL CHECK (minutes > 0),
  host TEXT NOT NULL,
  day DATE NOT NULL,
  entered_by UUID NOT NULL REFERENCES accounts (id),
  entered_at BIGINT NOT NULL,
  reason TEXT
);
CREATE INDEX trainings_by_team ON trainings (team_id, state, day);
CREATE TABLE training_attendances (
  training_id UUID NOT NULL REFERENCES trainings (id),
  volunteer_id UUID NOT NULL REFERENCES volunteers (id),
  PRIMARY KEY (training_id, volunteer_id)
);
CREATE INDEX training_attendances_by_volunteer ON training_attendances (volunteer_id);
CREATE TABLE awards (
  id UUID PRIMARY KEY,
  team_id UUID NOT NULL REFERENCES teams (id),
  organization_id UUID REFERENCES organizations (id),
  volunteer_id UUID NOT NULL REFERENCES volunteers (id),
  state TEXT NOT NULL,
  name TEXT NOT NULL,
  day DATE NOT NULL,
  granted_by TEXT NOT NULL,
  entered_by UUID NOT NULL REFERENCES accounts (id),
  entered_at BIGINT NOT NULL,
  reason TEXT
);
CREATE INDEX awards_by_team ON awards (team_id, state, day);
CREATE INDEX awards_by_volunteer ON awards (volunteer_id, state, day);
CREATE TABLE evaluations (
  id UUID PRIMARY KEY,
  signup_id UUID NOT NULL REFERENCES signups (id),
  volunteer_id UUID NOT NULL REFERENCES volunteers (id),
  team_id UUID NOT NULL REFERENCES teams (id),
  pairing_id UUID NOT NULL REFERENCES pairings (id),
  division_code TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
  words TEXT NOT NULL DEFAULT '',
  asked_how TEXT NOT NULL,
  day DATE NOT NULL,
  entered_by UUID NOT NULL REFERENCES accounts (id),
  entered_at BIGINT NOT NULL,
  reason TEXT
);
CREATE UNIQUE INDEX evaluations_once ON evaluations (signup_id) WHERE state = 'recorded';
CREATE INDEX evaluations_by_volunteer ON evaluations (volunteer_id, state, day);
CREATE INDEX evaluations_by_team ON evaluations (team_id, state, day);

-- A volunteer's calendar 日历 under a secret address, of which only the hash is kept.
CREATE TABLE calendar_feeds (
  volunteer_id UUID PRIMARY KEY REFERENCES volunteers (id),
  token_hash BYTEA NOT NULL UNIQUE,
  renewed_at BIGINT NOT NULL
);

-- What the city changes in the calendar of working days that ships: `work`, `rest`, or `plain` where a shipped day goes
-- by the day of the week again.
CREATE TABLE working_days (
  day DATE PRIMARY KEY,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  updated_by UUID REFERENCES accounts (id),
  updated_at BIGINT NOT NULL
);
