-- Changes of the thesaurus 词库, laid over the edition that ships.
CREATE TABLE thesaurus_groups (
  id UUID PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  section TEXT NOT NULL,
  line TEXT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  updated_by UUID REFERENCES accounts (id),
  updated_at BIGINT NOT NULL
);

-- Searches that organizations keep 保存的查找.
CREATE TABLE saved_searches (
  id UUID PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_by UUID REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX saved_searches_by_organization ON saved_searches (organization_id, state, created_at);

-- Which need has been told for which search: once for each publication.
CREATE TABLE saved_search_hits (
  search_id UUID NOT NULL REFERENCES saved_searches (id),
  need_id UUID NOT NULL REFERENCES needs (id),
  cycle BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (search_id, need_id, cycle)
);

-- How far readers of the event log that all nodes share have come.
CREATE TABLE log_readers (
  name TEXT PRIMARY KEY,
  xid BIGINT NOT NULL,
  event_id BIGINT NOT NULL
);
