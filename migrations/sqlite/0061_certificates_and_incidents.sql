-- Certificates 志愿服务记录证明: issued by who ran the service, checked by their code.
CREATE TABLE certificates (
  id BLOB PRIMARY KEY,
  check_code TEXT NOT NULL UNIQUE,
  volunteer_id BLOB NOT NULL REFERENCES volunteers (id),
  team_id BLOB NOT NULL REFERENCES teams (id),
  organization_id BLOB REFERENCES organizations (id),
  state TEXT NOT NULL,
  unit TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  issued_by BLOB REFERENCES accounts (id),
  issued_at INTEGER NOT NULL,
  voided_at INTEGER,
  reason TEXT
) STRICT;
CREATE INDEX certificates_by_volunteer ON certificates (volunteer_id, issued_at);
CREATE TABLE certificate_records (
  certificate_id BLOB NOT NULL REFERENCES certificates (id),
  record_id BLOB NOT NULL REFERENCES service_records (id),
  PRIMARY KEY (certificate_id, record_id)
) STRICT;
CREATE INDEX certificate_records_by_record ON certificate_records (record_id);

-- Incidents 意外情况, on the street's desk at once.
CREATE TABLE incidents (
  id BLOB PRIMARY KEY,
  shift_id BLOB NOT NULL REFERENCES shifts (id),
  team_id BLOB NOT NULL REFERENCES teams (id),
  division_code TEXT NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  words BLOB,
  reported_by BLOB REFERENCES accounts (id),
  reported_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  handled_by BLOB REFERENCES accounts (id),
  handled_at INTEGER,
  answer TEXT
) STRICT;
CREATE INDEX incidents_by_division ON incidents (division_code, state, due_at);
