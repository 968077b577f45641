-- Changes of the thesaurus 词库, laid over the edition that ships.
CREATE TABLE thesaurus_groups (
  id BLOB PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  section TEXT NOT NULL,
  line TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  updated_by BLOB REFERENCES accounts (id),
  updated_at INTEGER NOT NULL
) STRICT;

-- Searches that organizations keep 保存的查找.
CREATE TABLE saved_searches (
  id BLOB PRIMARY KEY,
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  created_by BLOB REFERENCES accounts (id),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX saved_searches_by_organization ON saved_searches (organization_id, state, created_at);

-- Which need has been told for which search: once for each publication.
CREATE TABLE saved_search_hits (
  search_id BLOB NOT NULL REFERENCES saved_searches (id),
  need_id BLOB NOT NULL REFERENCES needs (id),
  cycle INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (search_id, need_id, cycle)
) STRICT;

-- How far readers of the event log that all nodes share have come.
CREATE TABLE log_readers (
  name TEXT PRIMARY KEY,
  xid INTEGER NOT NULL,
  event_id INTEGER NOT NULL
) STRICT;
