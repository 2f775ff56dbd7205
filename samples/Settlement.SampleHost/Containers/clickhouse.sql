-- The table of plays on one server. On a cluster, see docs/guides/clickhouse.md. An event that is inserted again has the same sorting key,
-- and is counted once.
CREATE DATABASE IF NOT EXISTS settlement;

CREATE TABLE IF NOT EXISTS settlement.usage_events (
    event_id UUID,
    occurred_at Int64,  -- Unix microseconds
    item_id String,
    payee_id String,
    views Int64,
    seconds Int64,
    ad_views Int64
) ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(toDateTime(intDiv(occurred_at, 1000000), 'UTC')) ORDER BY (occurred_at, event_id);
