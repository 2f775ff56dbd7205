-- Where accounts are logged in. A cookie or a token names its session: one that is not here any more is of no use to whoever copied it.

CREATE TABLE sessions (
    session_id TEXT    PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users,
    renewals   INTEGER NOT NULL,               -- how often a token was renewed: a refresh token names the number that it renews
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id, expires_at);

-- Wrong passwords, by a hash of the account's address and of where they came from. No account needs to be there.
CREATE TABLE login_failures (
    scope    TEXT    PRIMARY KEY,
    failures INTEGER NOT NULL,
    ends_at  INTEGER NOT NULL                  -- until then they count
) STRICT, WITHOUT ROWID;

CREATE INDEX login_failures_by_end ON login_failures (ends_at);
