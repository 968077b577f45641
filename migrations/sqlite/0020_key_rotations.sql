-- How far a rotation of the keys has come, so that a stopped one goes on.
CREATE TABLE key_rotations (
  id BLOB PRIMARY KEY,
  key_id TEXT NOT NULL,
  suite TEXT NOT NULL,
  stage INTEGER NOT NULL,
  after_row BLOB,
  looked_at INTEGER NOT NULL,
  resealed INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
