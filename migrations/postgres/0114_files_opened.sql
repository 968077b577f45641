-- A file is opened by the city with a second person's approval: an access without a pairing.
ALTER TABLE disclosures ALTER COLUMN pairing_id DROP NOT NULL;
CREATE UNIQUE INDEX disclosures_open_files ON disclosures (need_id, asked_by) WHERE pairing_id IS NULL AND state IN ('asked', 'approved');
