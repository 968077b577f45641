-- Joint claims 联合认领: each member's part is a claim of its own that names the lead's.
ALTER TABLE claims ADD COLUMN lead_id BLOB REFERENCES claims (id);
ALTER TABLE claims ADD COLUMN accepted_at INTEGER;
UPDATE claims SET accepted_at = submitted_at;
CREATE INDEX claims_by_lead ON claims (lead_id);
-- One pending claim, or part of one, of an organization on a need.
DROP INDEX claims_pending;
CREATE UNIQUE INDEX claims_pending ON claims (need_id, organization_id) WHERE state IN ('forming', 'submitted', 'needs_info');
