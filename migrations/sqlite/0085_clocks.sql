-- How far each running clock has been heeded: one row a clock and object, of the round that began at `since`.
-- `level`: moments that have passed; before `next_at` nothing more happens.
CREATE TABLE clock_marks (
  clock TEXT NOT NULL,
  object_id BLOB NOT NULL,
  since INTEGER NOT NULL,
  level INTEGER NOT NULL,
  at INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  PRIMARY KEY (clock, object_id)
) STRICT;
-- The machine's clock at the last run, and how long the machine had been up then: a leap of one shows against the other.
CREATE TABLE clock_runs (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  at INTEGER NOT NULL,
  boot TEXT,
  up_seconds INTEGER
) STRICT;
-- What waits of the records of visits, whatever lies behind.
CREATE INDEX deliveries_planned ON deliveries (planned_on) WHERE state = 'planned';
CREATE INDEX deliveries_recorded ON deliveries (pairing_id, recorded_at) WHERE state = 'recorded';
CREATE INDEX deliveries_disputed ON deliveries (pairing_id, decided_at) WHERE state = 'disputed';
CREATE INDEX deliveries_by_record ON deliveries (pairing_id, recorded_at);
CREATE INDEX signups_ahead ON signups (ends_at) WHERE state IN ('applied', 'waitlisted', 'accepted', 'confirmed');
-- The urgent needs of a ledger stand first in its result.
CREATE INDEX needs_urgent_of_import ON needs (import_id) WHERE urgency = 'urgent';
