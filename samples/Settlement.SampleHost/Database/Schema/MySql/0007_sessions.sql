-- Login sessions. Each cookie and each token refers to one; without its row, copies of them are rejected.
CREATE TABLE IF NOT EXISTS sessions (
    session_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    user_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    renewals BIGINT NOT NULL,  -- number of renewals; a refresh token contains the number that it renews
    kind BIGINT NOT NULL,  -- 0 browser, 1 program
    client VARCHAR(100) NOT NULL,  -- browser and system, or the program's name
    address VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- the network address of the login
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,  -- the last use, exact to ten minutes
    expires_at BIGINT NOT NULL,
    INDEX sessions_by_user (user_id, expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Failed logins, by a hash of the e-mail address and the origin. The account need not exist.
CREATE TABLE IF NOT EXISTS login_failures (
    scope CHAR(64) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    failures BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,  -- when the count expires
    INDEX login_failures_by_end (ends_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Links in mails, by the hash of their token: each is valid once, until it expires, and while the account has this address.
CREATE TABLE IF NOT EXISTS mail_tokens (
    token_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    user_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    purpose BIGINT NOT NULL,  -- 0 reset the password, 1 verify the address
    normalized_email VARCHAR(254) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    INDEX mail_tokens_by_user (user_id, purpose, created_at),
    INDEX mail_tokens_by_end (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Notifications of accounts, for a year. The subject identifies what a notification is about, so that it is added once.
CREATE TABLE IF NOT EXISTS notifications (
    notification_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    user_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind BIGINT NOT NULL,  -- 0 became a creator, 1 day closed, 2 amount restated
    subject VARCHAR(100) NOT NULL,
    usage_date VARCHAR(10),
    posting_date VARCHAR(10),
    amount VARCHAR(40),  -- a decimal number
    created_at BIGINT NOT NULL,
    read_at BIGINT,
    UNIQUE INDEX notifications_by_subject (user_id, subject),
    INDEX notifications_by_user (user_id, notification_id),
    INDEX notifications_unread (user_id, read_at),
    INDEX notifications_by_age (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
