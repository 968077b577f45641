-- Certificates 志愿服务记录证明: issued by who ran the service, checked by their code.
CREATE TABLE certificates (
  id UUID PRIMARY KEY,
  check_code TEXT COLLATE "C" NOT NULL UNIQUE,
  volunteer_id UUID NOT NULL REFERENCES volunteers (id),
  team_id UUID NOT NULL REFERENCES teams (id),
  organization_id UUID REFERENCES organizations (id),
  state TEXT NOT NULL,
  unit TEXT NOT NULL,
  from_day DATE NOT NULL,
  until_day DATE NOT NULL,
  minutes BIGINT NOT NULL,
  issued_by UUID REFERENCES accounts (id),
  issued_at BIGINT NOT NULL,
  voided_at BIGINT,
  reason TEXT
);
CREATE INDEX certificates_by_volunteer ON certificates (volunteer_id, issued_at);
CREATE TABLE certificate_records (
  certificate_id UUID NOT NULL REFERENCES certificates (id),
  record_id UUID NOT NULL REFERENCES service_records (id),
  PRIMARY KEY (certificate_id, record_id)
);
CREATE INDEX certificate_records_by_record ON certificate_records (record_id);

-- Incidents 意外情况, on the street's desk at once.
CREATE TABLE incidents (
  id UUID PRIMARY KEY,
  shift_id UUID NOT NULL REFERENCES shifts (id),
  team_id UUID NOT NULL REFERENCES teams (id),
  division_code TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  words BYTEA,
  reported_by UUID REFERENCES accounts (id),
  reported_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  handled_by UUID REFERENCES accounts (id),
  handled_at BIGINT,
  answer TEXT
);
CREATE INDEX incidents_by_division ON incidents (division_code, state, due_at);
