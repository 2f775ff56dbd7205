-- Usage events of plays that ClickHouse has not confirmed yet, committed with the plays. Empty where plays use the library's event table.
CREATE TABLE IF NOT EXISTS usage_outbox (
    event_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,  -- of one play adjacent; begins with the time of its start, unless its client chose the id
    occurred_at BIGINT NOT NULL,
    meter VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    item_id VARCHAR(200) NOT NULL,
    payee_id VARCHAR(200) NOT NULL,
    quantity BIGINT NOT NULL,
    instance VARCHAR(200) NOT NULL  -- sends it; any other one, if this one has not within 30 s
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
