-- Who is watched over 留意: how heavy it is, and by what signs.
ALTER TABLE help_requests ADD COLUMN level TEXT;
ALTER TABLE help_requests ADD COLUMN signs TEXT NOT NULL DEFAULT '';
-- What waits, by its clock; and what an account has asked for others.
CREATE INDEX help_requests_waiting ON help_requests (state, due_at);
CREATE INDEX help_requests_by_enterer ON help_requests (entered_by, asked_at);
