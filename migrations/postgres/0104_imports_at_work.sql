-- What an import is being worked at beside the requests: checking, making drafts, sending them for review. A node that
-- stops leaves `job_seen_at` behind, and another goes on.
ALTER TABLE imports ADD COLUMN job TEXT;
ALTER TABLE imports ADD COLUMN job_by UUID REFERENCES accounts (id);
ALTER TABLE imports ADD COLUMN job_started_at BIGINT;
ALTER TABLE imports ADD COLUMN job_seen_at BIGINT;
ALTER TABLE imports ADD COLUMN job_done BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN job_total BIGINT NOT NULL DEFAULT 0;
-- Why the last work stopped, in words for the office.
ALTER TABLE imports ADD COLUMN job_failure TEXT NOT NULL DEFAULT '';
-- Of the good rows those to be looked at, and rows that are no data or were left out.
ALTER TABLE imports ADD COLUMN rows_warned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN rows_skipped BIGINT NOT NULL DEFAULT 0;
CREATE INDEX imports_at_work ON imports (job_seen_at) WHERE job IS NOT NULL;
CREATE INDEX imports_with_file ON imports (decided_at) WHERE file IS NOT NULL;
-- What an office said of the columns of a layout: JSON, place of the column and name of its field, null for unused.
CREATE TABLE import_layouts (
  scope TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  chosen TEXT NOT NULL,
  account_id UUID REFERENCES accounts (id),
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (scope, kind, fingerprint)
);
