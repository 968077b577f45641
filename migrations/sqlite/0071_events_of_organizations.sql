-- Which organizations were touched since: read for each list of candidates, among all the looks that touch none.
CREATE INDEX events_of_organizations ON events (id, organization_id) WHERE organization_id IS NOT NULL;
