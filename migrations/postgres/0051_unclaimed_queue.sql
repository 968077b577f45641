-- The unclaimed queue looks at published needs by the step they have come to.
CREATE INDEX needs_by_step ON needs (escalation, published_at) WHERE state = 'published';
