-- Requests for help 求助: what somebody outside tells a street. Persons, telephone and words are sealed.
CREATE TABLE help_requests (
  id UUID PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL UNIQUE,
  slip TEXT COLLATE "C" NOT NULL UNIQUE,
  division_code TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  whom TEXT NOT NULL,
  channel TEXT NOT NULL,
  urgent BOOLEAN NOT NULL,
  despair BOOLEAN NOT NULL,
  payload BYTEA,
  same BYTEA,
  asked_at BIGINT NOT NULL,
  since BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  entered_by UUID REFERENCES accounts (id),
  handled_by UUID REFERENCES accounts (id),
  aid TEXT,
  office TEXT,
  answer TEXT NOT NULL DEFAULT '',
  answered_at BIGINT,
  why TEXT,
  need_id UUID REFERENCES needs (id),
  updated_at BIGINT NOT NULL
);
CREATE INDEX help_requests_by_division ON help_requests (division_code, state, due_at);
CREATE INDEX help_requests_by_need ON help_requests (need_id);
CREATE INDEX help_requests_by_same ON help_requests (same, asked_at);

-- What the household says of what was done.
CREATE TABLE help_voices (
  id UUID PRIMARY KEY,
  help_id UUID NOT NULL REFERENCES help_requests (id),
  state TEXT NOT NULL,
  came TEXT NOT NULL,
  helped TEXT,
  speaker TEXT NOT NULL,
  disputes BOOLEAN NOT NULL,
  words BYTEA,
  said_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  heard_by UUID REFERENCES accounts (id),
  heard_at BIGINT,
  answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX help_voices_by_help ON help_voices (help_id, said_at);
CREATE INDEX help_voices_waiting ON help_voices (state, due_at);
