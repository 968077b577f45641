-- The audit trail is searched by time and by account.
CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_actor ON events (actor_id, id);
-- Seals are as final as what they seal.
CREATE TRIGGER event_seals_are_final_update BEFORE UPDATE ON event_seals BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
CREATE TRIGGER event_seals_are_final_delete BEFORE DELETE ON event_seals BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END;
