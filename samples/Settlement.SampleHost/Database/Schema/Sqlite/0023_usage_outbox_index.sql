-- Index for the earliest event that waits, which the health check reads, and for events before an instant.

CREATE INDEX IF NOT EXISTS usage_outbox_by_time ON usage_outbox (occurred_at);
