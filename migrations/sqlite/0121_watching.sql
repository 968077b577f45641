-- Who is watched over 留意: how heavy it is, and by what signs.
ALTER TABLE help_requests ADD COLUMN level TEXT;
ALTER TABLE help_requests ADD COLUMN signs TEXT NOT NULL DEFAULT '';
