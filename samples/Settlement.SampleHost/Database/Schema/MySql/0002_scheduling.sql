-- Closes of days, scheduled or manual. A running close without a recent heartbeat belongs to a dead instance.
CREATE TABLE IF NOT EXISTS closes (
    close_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    started_by VARCHAR(100) NOT NULL,
    instance VARCHAR(200) NOT NULL,
    through CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- the last requested day
    state BIGINT NOT NULL,  -- 0 running, 1 done, 2 failed, 3 held
    progress DOUBLE NOT NULL,
    detail TEXT NOT NULL,
    days BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL,
    ended_at BIGINT
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
