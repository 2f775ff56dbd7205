-- The instances that use this database. Each writes a heartbeat every few seconds and deletes its row when it stops.

CREATE TABLE instances (
    instance     TEXT    PRIMARY KEY,        -- machine/process
    runtime    TEXT    NOT NULL,
    addresses  TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
