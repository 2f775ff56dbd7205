-- Which hosts serve this database: each says so every few seconds, and takes its row away when it stops.

CREATE TABLE hosts (
    host       TEXT    PRIMARY KEY,        -- machine/process
    runtime    TEXT    NOT NULL,
    addresses  TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    said_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
