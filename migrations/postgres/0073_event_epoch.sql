-- Events are read in the order of their transactions. Numbers of transactions belong to a cluster: after a move into
-- another one they begin lower, and what is written there would lie before what was. The epoch, among the counters, is
-- added to them; it is raised when a moved database is first opened, see `storage::base::event::settle`.
CREATE FUNCTION event_epoch() RETURNS BIGINT LANGUAGE sql STABLE AS
  'SELECT COALESCE((SELECT value FROM counters WHERE series = ''event_epoch''), 0)';
CREATE FUNCTION event_order() RETURNS BIGINT LANGUAGE sql STABLE AS
  'SELECT event_epoch() + pg_current_xact_id()::text::bigint';
-- Everything below it has committed or failed.
CREATE FUNCTION event_horizon() RETURNS BIGINT LANGUAGE sql STABLE AS
  'SELECT event_epoch() + pg_snapshot_xmin(pg_current_snapshot())::text::bigint';
ALTER TABLE events ALTER COLUMN xid SET DEFAULT event_order();
