-- What a pairing's line came to when the pairing ended 兑现: agreed = delivered + short + ahead, of which some returned.
-- `held`: units of the need's line that the claim's line still takes; `result`, `received`: what the verifier found.
ALTER TABLE claim_lines ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE claim_lines ADD COLUMN agreed BIGINT;
ALTER TABLE claim_lines ADD COLUMN delivered BIGINT;
ALTER TABLE claim_lines ADD COLUMN short BIGINT;
ALTER TABLE claim_lines ADD COLUMN ahead BIGINT;
ALTER TABLE claim_lines ADD COLUMN returned BIGINT;
ALTER TABLE claim_lines ADD COLUMN settled_on DATE;
ALTER TABLE claim_lines ADD COLUMN result TEXT;
ALTER TABLE claim_lines ADD COLUMN received BIGINT;
UPDATE claim_lines SET held = quantity WHERE claim_id IN (SELECT c.id FROM claims c LEFT JOIN pairings p ON p.claim_id = c.id WHERE c.state IN ('forming', 'submitted', 'needs_info') OR (c.state = 'approved' AND p.state NOT IN ('released', 'terminated', 'transferred')));

-- Units of a line that ended and are open again from a day; a line that carries what another line was short of.
ALTER TABLE need_lines ADD COLUMN open_from DATE;
ALTER TABLE need_lines ADD COLUMN made_up_of UUID REFERENCES need_lines (id);

-- The organization's report, line by line.
CREATE TABLE report_lines (
  pairing_id UUID NOT NULL REFERENCES pairings (id),
  line_id UUID NOT NULL REFERENCES need_lines (id),
  outcome TEXT NOT NULL,
  reason TEXT,
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (pairing_id, line_id)
);

-- What a verifier found, line by line; `units` received where it was partial, `why` where it was met against the account.
CREATE TABLE verification_lines (
  verification_id UUID NOT NULL REFERENCES verifications (id),
  line_id UUID NOT NULL REFERENCES need_lines (id),
  result TEXT NOT NULL,
  units BIGINT,
  why TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (verification_id, line_id)
);
-- When the verifier opened the contact data: from then on the report is not taken back.
ALTER TABLE verifications ADD COLUMN begun_at BIGINT;
