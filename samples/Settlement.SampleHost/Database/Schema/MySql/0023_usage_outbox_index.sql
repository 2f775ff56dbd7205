-- Index for the earliest event that waits, which the health check reads, and for events before an instant.

-- Run once: fails if the index exists.
CREATE INDEX usage_outbox_by_time ON usage_outbox (occurred_at);
