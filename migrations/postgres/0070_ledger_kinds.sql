-- Ledgers of organizations are imported as those of needs are.
ALTER TABLE imports ADD COLUMN kind TEXT NOT NULL DEFAULT 'needs';
