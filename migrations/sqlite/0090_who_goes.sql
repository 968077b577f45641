-- Who goes on a planned visit (a worker, or the volunteers of a shift), and at what time it was made (HH:MM).
ALTER TABLE deliveries ADD COLUMN goes_id BLOB REFERENCES accounts (id);
ALTER TABLE deliveries ADD COLUMN shift_id BLOB REFERENCES shifts (id);
ALTER TABLE deliveries ADD COLUMN done_at TEXT;
CREATE INDEX deliveries_by_shift ON deliveries (shift_id);
