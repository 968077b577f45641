-- Requests for help 求助: what somebody outside tells a street. Persons, telephone and words are sealed.
CREATE TABLE help_requests (
  id BLOB PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  slip TEXT NOT NULL UNIQUE,
  division_code TEXT NOT NULL,
  state TEXT NOT NULL,
  whom TEXT NOT NULL,
  channel TEXT NOT NULL,
  urgent INTEGER NOT NULL,
  despair INTEGER NOT NULL,
  payload BLOB,
  same BLOB,
  asked_at INTEGER NOT NULL,
  since INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  entered_by BLOB REFERENCES accounts (id),
  handled_by BLOB REFERENCES accounts (id),
  aid TEXT,
  office TEXT,
  answer TEXT NOT NULL DEFAULT '',
  answered_at INTEGER,
  why TEXT,
  need_id BLOB REFERENCES needs (id),
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX help_requests_by_division ON help_requests (division_code, state, due_at);
CREATE INDEX help_requests_by_need ON help_requests (need_id);
CREATE INDEX help_requests_by_same ON help_requests (same, asked_at);

-- What the household says of what was done.
CREATE TABLE help_voices (
  id BLOB PRIMARY KEY,
  help_id BLOB NOT NULL REFERENCES help_requests (id),
  state TEXT NOT NULL,
  came TEXT NOT NULL,
  helped TEXT,
  speaker TEXT NOT NULL,
  disputes INTEGER NOT NULL,
  words BLOB,
  said_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  heard_by BLOB REFERENCES accounts (id),
  heard_at INTEGER,
  answer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX help_voices_by_help ON help_voices (help_id, said_at);
CREATE INDEX help_voices_waiting ON help_voices (state, due_at);
