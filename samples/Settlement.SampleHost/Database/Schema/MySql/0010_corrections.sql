-- What the admin who proposed a correction has seen, for the one who approves it. The library keeps the proposal and its hash.
CREATE TABLE IF NOT EXISTS corrections (
    proposal_id BIGINT PRIMARY KEY,
    first_day CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    last_day CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- in KRW, if the correction were posted when it was proposed
    parts_count BIGINT NOT NULL,
    parts MEDIUMTEXT NOT NULL  -- the first parts, as JSON
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
