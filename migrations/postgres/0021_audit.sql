-- The audit trail is searched by time and by account.
CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_actor ON events (actor_id, id);
-- Seals are as final as what they seal.
CREATE FUNCTION seals_are_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'seals are append-only'; END $$;
CREATE TRIGGER event_seals_are_final BEFORE UPDATE OR DELETE ON event_seals FOR EACH ROW EXECUTE FUNCTION seals_are_final();
CREATE TRIGGER event_seals_are_not_truncated BEFORE TRUNCATE ON event_seals FOR EACH STATEMENT EXECUTE FUNCTION seals_are_final();
