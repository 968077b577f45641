-- What an organization says of itself beyond its registration, its persons (sealed), and what
-- its district recorded of annual inspection, grade and credit.
CREATE TABLE organization_profiles (
  organization_id UUID PRIMARY KEY REFERENCES organizations (id),
  registrar_code TEXT NOT NULL DEFAULT '',
  competent_unit TEXT NOT NULL DEFAULT '',
  founded_on DATE,
  summary TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL DEFAULT '',
  postcode TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  website TEXT NOT NULL DEFAULT '',
  days TEXT NOT NULL DEFAULT '',
  opens_at TEXT NOT NULL DEFAULT '',
  closes_at TEXT NOT NULL DEFAULT '',
  private BYTEA,
  inspection TEXT,
  inspection_year BIGINT,
  grade TEXT,
  grade_until DATE,
  revoked BOOLEAN NOT NULL DEFAULT FALSE,
  dishonest BOOLEAN NOT NULL DEFAULT FALSE,
  standing_at BIGINT,
  recheck_at BIGINT,
  warned_days BIGINT,
  submitted_at BIGINT,
  updated_at BIGINT NOT NULL
);
