-- Usage events of plays that ClickHouse has not confirmed yet, committed with the plays. Empty where plays use the library's event table.
CREATE TABLE usage_outbox (
    event_id TEXT PRIMARY KEY,  -- of one play adjacent; begins with the time of its start, unless its client chose the id
    occurred_at INTEGER NOT NULL,
    meter TEXT NOT NULL,
    item_id TEXT NOT NULL,
    payee_id TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    instance TEXT NOT NULL  -- sends it; any other one, if this one has not within 30 s
) STRICT, WITHOUT ROWID;
