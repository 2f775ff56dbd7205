-- Which hosts serve this database: each says so every few seconds, and takes its row away when it stops.
CREATE TABLE IF NOT EXISTS hosts (
    host VARCHAR(200) PRIMARY KEY,  -- machine/process
    runtime VARCHAR(200) NOT NULL,
    addresses TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    said_at BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
