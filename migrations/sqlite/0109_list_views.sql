-- How an account wants to see a working list: the address's fields, without what was searched for.
CREATE TABLE list_views (
  account_id BLOB NOT NULL REFERENCES accounts (id),
  list TEXT NOT NULL,
  query TEXT NOT NULL,
  PRIMARY KEY (account_id, list)
) STRICT;
