-- What an organization says of itself beyond its registration, its persons (sealed), and what
-- its district recorded of annual inspection, grade and credit.
CREATE TABLE organization_profiles (
  organization_id BLOB PRIMARY KEY REFERENCES organizations (id),
  registrar_code TEXT NOT NULL DEFAULT '',
  competent_unit TEXT NOT NULL DEFAULT '',
  founded_on TEXT,
  summary TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL DEFAULT '',
  postcode TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  website TEXT NOT NULL DEFAULT '',
  days TEXT NOT NULL DEFAULT '',
  opens_at TEXT NOT NULL DEFAULT '',
  closes_at TEXT NOT NULL DEFAULT '',
  private BLOB,
  inspection TEXT,
  inspection_year INTEGER,
  grade TEXT,
  grade_until TEXT,
  revoked INTEGER NOT NULL DEFAULT FALSE,
  dishonest INTEGER NOT NULL DEFAULT FALSE,
  standing_at INTEGER,
  recheck_at INTEGER,
  warned_days INTEGER,
  submitted_at INTEGER,
  updated_at INTEGER NOT NULL
) STRICT;
