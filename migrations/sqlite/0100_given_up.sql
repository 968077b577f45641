-- What a line of a pairing gave back while the rest goes on 部分退回: [{"units": 2, "until": "2026-11-18"}].
ALTER TABLE claim_lines ADD COLUMN given_up TEXT NOT NULL DEFAULT '[]';
