-- The platform's tables. Instants are whole microseconds since 1970-01-01T00:00:00Z, positions and lengths milliseconds.
-- Text is compared by bytes (BINARY, the default of SQLite). Deleted objects keep their row: published lines refer to it.

CREATE TABLE users (
    user_id              TEXT    PRIMARY KEY,  -- 32 hex digits
    email                TEXT,                 -- null once the account is deleted
    normalized_email     TEXT    UNIQUE,
    email_verified_at    INTEGER,              -- null while nobody has proved to receive its mails
    display_name         TEXT    NOT NULL,
    payee_id             TEXT    NOT NULL UNIQUE,
    password_hash        TEXT,
    security_stamp       TEXT    NOT NULL,
    concurrency_stamp    TEXT    NOT NULL,
    lockout_end          INTEGER,
    lockout_enabled      INTEGER NOT NULL,
    access_failed_count  INTEGER NOT NULL,
    studio_requested_at  INTEGER,
    created_at           INTEGER NOT NULL,
    deleted_at           INTEGER
) STRICT;

CREATE TABLE user_roles (
    user_id TEXT NOT NULL REFERENCES users,
    role    TEXT NOT NULL,
    PRIMARY KEY (user_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_logins (
    provider     TEXT NOT NULL,
    provider_key TEXT NOT NULL,
    display_name TEXT,
    user_id      TEXT NOT NULL REFERENCES users,
    PRIMARY KEY (provider, provider_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_logins_by_user ON user_logins (user_id);

-- The Data Protection key ring for cookies and tokens, shared by all instances of a database.
CREATE TABLE protection_keys (
    name TEXT PRIMARY KEY,
    xml  TEXT NOT NULL
) STRICT;

CREATE TABLE videos (
    video_id   TEXT    PRIMARY KEY,
    owner_id   TEXT    NOT NULL REFERENCES users,
    title      TEXT    NOT NULL,
    length_ms  INTEGER NOT NULL CHECK (length_ms > 0),
    source     TEXT,                           -- an address or a stored file; null for the bundled clip
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE INDEX videos_by_age ON videos (created_at, video_id);
CREATE INDEX videos_by_owner ON videos (owner_id, created_at, video_id);

CREATE TABLE ads (
    ad_id      TEXT    PRIMARY KEY,
    title      TEXT    NOT NULL,
    length_ms  INTEGER NOT NULL CHECK (length_ms > 0),
    source     TEXT,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

-- The position of an ad in a video. The id, VIDEO/ad-N, is the item of the settlement; the position is N × 300 s.
CREATE TABLE placements (
    item_id     TEXT    PRIMARY KEY,
    video_id    TEXT    NOT NULL REFERENCES videos,
    position_ms INTEGER NOT NULL,
    ad_id       TEXT    REFERENCES ads         -- null if no ad is assigned
) STRICT;

CREATE INDEX placements_by_video ON placements (video_id, position_ms);
CREATE INDEX placements_by_ad ON placements (ad_id);

-- A viewer and a video: the resume position and the last counted play. Its row is locked by every change of this pair.
CREATE TABLE viewings (
    video_id   TEXT    NOT NULL,
    viewer     TEXT    NOT NULL,
    resume_ms  INTEGER NOT NULL,
    play_id    TEXT,
    counted_at INTEGER,
    PRIMARY KEY (video_id, viewer)
) STRICT, WITHOUT ROWID;

CREATE TABLE plays (
    play_id         TEXT    PRIMARY KEY,
    video_id        TEXT    NOT NULL,
    viewer          TEXT    NOT NULL,
    payee_id        TEXT    NOT NULL,
    is_counted      INTEGER NOT NULL,
    state           INTEGER NOT NULL,          -- 0 playing, 1 stopped, 2 ended, 3 replaced by a later play
    length_ms       INTEGER NOT NULL,
    start_ms        INTEGER NOT NULL,
    furthest_ms     INTEGER NOT NULL,
    position_ms     INTEGER NOT NULL,
    sequence        INTEGER NOT NULL,
    started_at      INTEGER NOT NULL,
    reported_at     INTEGER NOT NULL,
    accounted_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Responses to writes with an Idempotency-Key, stored for a day.
CREATE TABLE idempotency_keys (
    scope        TEXT    PRIMARY KEY,          -- hash of caller, method, path and key
    request_hash TEXT    NOT NULL,
    status       INTEGER,                      -- null while the first request is in progress
    content_type TEXT,
    location     TEXT,
    body         TEXT,
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
