-- Events are read in the order of their transactions. Numbers of transactions belong to a cluster: after a move into
-- another one they begin lower, and what is written there would lie before what was. The epoch is added to them; it is
-- raised when a moved database is first opened, see `storage::base::event::settle`.
CREATE TABLE event_epoch (
  only_one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_one),
  base BIGINT NOT NULL
);
INSERT INTO event_epoch (base) VALUES (0);
CREATE FUNCTION event_order() RETURNS BIGINT LANGUAGE sql STABLE AS
  'SELECT base + pg_current_xact_id()::text::bigint FROM event_epoch';
-- Everything below it has committed or failed.
CREATE FUNCTION event_horizon() RETURNS BIGINT LANGUAGE sql STABLE AS
  'SELECT base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM event_epoch';
ALTER TABLE events ALTER COLUMN xid SET DEFAULT event_order();
