-- The instances that use this database. Each writes a heartbeat every few seconds and deletes its row when it stops.
CREATE TABLE IF NOT EXISTS instances (
    instance VARCHAR(200) PRIMARY KEY,  -- machine/process
    runtime VARCHAR(200) NOT NULL,
    addresses TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
