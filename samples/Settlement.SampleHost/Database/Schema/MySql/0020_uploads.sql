-- Uploaded files, and the description, visibility and thumbnail of videos.

-- Run once: fails if the columns exist. visibility: 0 public, 1 unlisted, 2 private. thumbnail: the address of an uploaded picture.
ALTER TABLE videos ADD COLUMN description VARCHAR(5000) NOT NULL DEFAULT '', ADD COLUMN visibility BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN thumbnail VARCHAR(100);

CREATE TABLE IF NOT EXISTS uploads (
    file_name VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,  -- chosen by the server: 32 hex digits and an extension
    owner_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    is_video BIGINT NOT NULL,
    content_type VARCHAR(100) NOT NULL,
    bytes BIGINT NOT NULL,  -- reserved while the file is received
    state BIGINT NOT NULL,  -- 0 being received, 1 stored, 2 used by the video, 3 replaced
    video_id VARCHAR(64),
    created_at BIGINT NOT NULL,
    INDEX uploads_by_owner (owner_id),
    INDEX uploads_by_video (video_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
