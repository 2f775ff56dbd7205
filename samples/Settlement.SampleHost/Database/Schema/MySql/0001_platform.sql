-- The platform's tables. Instants are whole microseconds since 1970-01-01T00:00:00Z, positions and lengths milliseconds.
-- Text is compared by code point, which equals the order of the UTF-8 bytes. Deleted objects keep their row: published lines refer to it.

CREATE TABLE IF NOT EXISTS users (
    user_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,  -- 32 hex digits
    email VARCHAR(254),  -- null once the account is deleted
    normalized_email VARCHAR(254) UNIQUE,
    email_verified_at BIGINT,  -- null while nobody has proved to receive its mails
    display_name VARCHAR(200) NOT NULL,
    payee_id VARCHAR(64) NOT NULL UNIQUE,
    password_hash VARCHAR(300),
    security_stamp VARCHAR(100) NOT NULL,
    concurrency_stamp VARCHAR(100) NOT NULL,
    lockout_end BIGINT,
    lockout_enabled BIGINT NOT NULL,
    access_failed_count BIGINT NOT NULL,
    studio_requested_at BIGINT,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS user_roles (
    user_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    role VARCHAR(32) NOT NULL,
    PRIMARY KEY (user_id, role)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS user_logins (
    provider VARCHAR(100) NOT NULL,
    provider_key VARCHAR(255) NOT NULL,
    display_name VARCHAR(200),
    user_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (provider, provider_key),
    INDEX user_logins_by_user (user_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The Data Protection key ring for cookies and tokens, shared by all instances of a database.
CREATE TABLE IF NOT EXISTS protection_keys (
    name VARCHAR(200) PRIMARY KEY,
    xml TEXT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS videos (
    video_id VARCHAR(64) PRIMARY KEY,
    owner_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    title VARCHAR(200) NOT NULL,
    length_ms BIGINT NOT NULL CHECK (length_ms > 0),
    source VARCHAR(2000),  -- an address or a stored file; null for the bundled clip
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    INDEX videos_by_age (created_at, video_id),
    INDEX videos_by_owner (owner_id, created_at, video_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS ads (
    ad_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    title VARCHAR(200) NOT NULL,
    length_ms BIGINT NOT NULL CHECK (length_ms > 0),
    source VARCHAR(2000),
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The position of an ad in a video. The id, VIDEO/ad-N, is the item of the settlement; the position is N × 300 s.
CREATE TABLE IF NOT EXISTS placements (
    item_id VARCHAR(64) PRIMARY KEY,
    video_id VARCHAR(64) NOT NULL,
    position_ms BIGINT NOT NULL,
    ad_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin,  -- null if no ad is assigned
    INDEX placements_by_video (video_id, position_ms),
    INDEX placements_by_ad (ad_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A viewer and a video: the resume position and the last counted play. Its row is locked by every change of this pair.
CREATE TABLE IF NOT EXISTS viewings (
    video_id VARCHAR(64) NOT NULL,
    viewer VARCHAR(100) NOT NULL,
    resume_ms BIGINT NOT NULL,
    play_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin,
    counted_at BIGINT,
    PRIMARY KEY (video_id, viewer)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS plays (
    play_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    video_id VARCHAR(64) NOT NULL,
    viewer VARCHAR(100) NOT NULL,
    payee_id VARCHAR(64) NOT NULL,
    is_counted BIGINT NOT NULL,
    state BIGINT NOT NULL,  -- 0 playing, 1 stopped, 2 ended, 3 replaced by a later play
    length_ms BIGINT NOT NULL,
    start_ms BIGINT NOT NULL,
    furthest_ms BIGINT NOT NULL,
    position_ms BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    reported_at BIGINT NOT NULL,
    accounted_until BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Responses to writes with an Idempotency-Key, stored for a day.
CREATE TABLE IF NOT EXISTS idempotency_keys (
    scope CHAR(64) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,  -- hash of caller, method, path and key
    request_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status BIGINT,  -- null while the first request is in progress
    content_type VARCHAR(200),
    location VARCHAR(500),
    body MEDIUMTEXT,
    created_at BIGINT NOT NULL,
    INDEX idempotency_keys_by_age (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

