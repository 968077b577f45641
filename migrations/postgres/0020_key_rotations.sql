-- How far a rotation of the keys has come, so that a stopped one goes on.
CREATE TABLE key_rotations (
  id UUID PRIMARY KEY,
  key_id TEXT NOT NULL,
  suite TEXT NOT NULL,
  stage BIGINT NOT NULL,
  after_row UUID,
  looked_at BIGINT NOT NULL,
  resealed BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  finished_at BIGINT
);
