-- Closes of days, scheduled or manual. A running close without a recent heartbeat belongs to a dead instance.
CREATE TABLE closes (
    close_id   TEXT    PRIMARY KEY,
    started_by TEXT    NOT NULL,
    instance   TEXT    NOT NULL,
    through    TEXT    NOT NULL,           -- the last requested day
    state      INTEGER NOT NULL,           -- 0 running, 1 done, 2 failed, 3 held
    progress   REAL    NOT NULL,
    detail     TEXT    NOT NULL,
    days       INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT, WITHOUT ROWID;
