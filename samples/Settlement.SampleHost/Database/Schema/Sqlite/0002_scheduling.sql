-- What closed days, by the schedule or by hand, and how it went. A row that says nothing for a while belongs to a host that is gone.
CREATE TABLE closes (
    close_id   TEXT    PRIMARY KEY,
    started_by TEXT    NOT NULL,
    host       TEXT    NOT NULL,
    through    TEXT    NOT NULL,           -- the last day that was asked for
    state      INTEGER NOT NULL,           -- 0 running, 1 done, 2 failed, 3 held
    progress   REAL    NOT NULL,
    detail     TEXT    NOT NULL,
    days       INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    said_at    INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT, WITHOUT ROWID;
