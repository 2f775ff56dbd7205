-- What closed days, by the schedule or by hand, and how it went. A row that says nothing for a while belongs to a host that is gone.
CREATE TABLE IF NOT EXISTS closes (
    close_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    started_by VARCHAR(100) NOT NULL,
    host VARCHAR(200) NOT NULL,
    through CHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- the last day that was asked for
    state BIGINT NOT NULL,  -- 0 running, 1 done, 2 failed, 3 held
    progress DOUBLE NOT NULL,
    detail TEXT NOT NULL,
    days BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    said_at BIGINT NOT NULL,
    ended_at BIGINT
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
