-- Where accounts are logged in. A cookie or a token names its session: one that is not here any more is of no use to whoever copied it.
CREATE TABLE IF NOT EXISTS sessions (
    session_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    user_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    renewals BIGINT NOT NULL,  -- how often a token was renewed: a refresh token names the number that it renews
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    INDEX sessions_by_user (user_id, expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Wrong passwords, by a hash of the account's address and of where they came from. No account needs to be there.
CREATE TABLE IF NOT EXISTS login_failures (
    scope CHAR(64) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    failures BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,  -- until then they count
    INDEX login_failures_by_end (ends_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
