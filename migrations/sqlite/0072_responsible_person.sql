-- 经办人 of a need: who in the office handles it. Nobody outside the office reads it.
ALTER TABLE needs ADD COLUMN responsible_person TEXT NOT NULL DEFAULT '';
