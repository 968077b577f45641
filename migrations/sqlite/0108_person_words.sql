-- The blind index of persons: keyed hashes of pieces of names, telephones, ID numbers and addresses of a need's file.
CREATE TABLE person_words (
  word INTEGER NOT NULL,
  division_code TEXT NOT NULL,
  need_id BLOB NOT NULL REFERENCES needs (id),
  PRIMARY KEY (word, division_code, need_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_words_by_need ON person_words (need_id);
-- By which key and edition of the rules the words of a file were made; empty: not yet.
ALTER TABLE need_files ADD COLUMN words_by TEXT NOT NULL DEFAULT '';
CREATE INDEX need_files_by_words ON need_files (words_by);
