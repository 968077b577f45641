-- How long what is kept: months after its end. The law asks for the shortest time
-- that the purpose needs (个人信息保护法 article 19).
CREATE TABLE retention_rules (
  kind TEXT PRIMARY KEY,
  months BIGINT NOT NULL CHECK (months >= 1 AND months <= 1200),
  updated_by UUID REFERENCES accounts (id),
  updated_at BIGINT NOT NULL DEFAULT 0
);
INSERT INTO retention_rules (kind, months) VALUES ('need_file', 60), ('import_report', 36), ('notice', 24);
-- When the private part of a need was taken away.
ALTER TABLE need_files ADD COLUMN anonymised_at BIGINT;
