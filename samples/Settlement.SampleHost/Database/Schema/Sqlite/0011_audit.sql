-- What admins did: each request that can change something, written before it is executed.
CREATE TABLE audit (
    audit_id TEXT    PRIMARY KEY,               -- ordered by time
    at       INTEGER NOT NULL,
    user_id  TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    detail   TEXT    NOT NULL,                  -- the fields of the request, as JSON
    status   INTEGER                            -- of the response; NULL while it is executed, and for ever if the process ended meanwhile
) STRICT, WITHOUT ROWID;
