-- Login sessions. Each cookie and each token refers to one; without its row, copies of them are rejected.

CREATE TABLE sessions (
    session_id TEXT    PRIMARY KEY,
    user_id    TEXT    NOT NULL REFERENCES users,
    renewals   INTEGER NOT NULL,               -- number of renewals; a refresh token contains the number that it renews
    kind       INTEGER NOT NULL,               -- 0 browser, 1 program
    client     TEXT    NOT NULL,               -- browser and system, or the program's name
    address    TEXT    NOT NULL,               -- the network address of the login
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,               -- the last use, exact to ten minutes
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id, expires_at);

-- Failed logins, by a hash of the e-mail address and the origin. The account need not exist.
CREATE TABLE login_failures (
    scope    TEXT    PRIMARY KEY,
    failures INTEGER NOT NULL,
    ends_at  INTEGER NOT NULL                  -- when the count expires
) STRICT, WITHOUT ROWID;

CREATE INDEX login_failures_by_end ON login_failures (ends_at);

-- Links in mails, by the hash of their token: each is valid once, until it expires, and while the account has this address.
CREATE TABLE mail_tokens (
    token_hash       TEXT    PRIMARY KEY,
    user_id          TEXT    NOT NULL REFERENCES users,
    purpose          INTEGER NOT NULL,         -- 0 reset the password, 1 verify the address
    normalized_email TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX mail_tokens_by_user ON mail_tokens (user_id, purpose, created_at);
CREATE INDEX mail_tokens_by_end ON mail_tokens (expires_at);

-- Notifications of accounts, for a year. The subject identifies what a notification is about, so that it is added once.
CREATE TABLE notifications (
    notification_id TEXT    PRIMARY KEY,
    user_id         TEXT    NOT NULL REFERENCES users,
    kind            INTEGER NOT NULL,          -- 0 became a creator, 1 day closed, 2 amount restated
    subject         TEXT    NOT NULL,
    usage_date      TEXT,
    posting_date    TEXT,
    amount          TEXT,                      -- a decimal number
    created_at      INTEGER NOT NULL,
    read_at         INTEGER,
    UNIQUE (user_id, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX notifications_by_user ON notifications (user_id, notification_id);
CREATE INDEX notifications_unread ON notifications (user_id, read_at);
CREATE INDEX notifications_by_age ON notifications (created_at);
