-- What an organization asks to serve beyond what was verified, and whether it stands on the list of abnormal activity.
ALTER TABLE organization_profiles ADD COLUMN asked_services TEXT NOT NULL DEFAULT '';
ALTER TABLE organization_profiles ADD COLUMN asked_areas TEXT NOT NULL DEFAULT '';
ALTER TABLE organization_profiles ADD COLUMN abnormal BOOLEAN NOT NULL DEFAULT FALSE;
