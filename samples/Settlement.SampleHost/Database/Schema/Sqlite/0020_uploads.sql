-- Uploaded files, and the description, visibility and thumbnail of videos.

ALTER TABLE videos ADD COLUMN description TEXT NOT NULL DEFAULT '';

-- 0 public, 1 unlisted, 2 private.
ALTER TABLE videos ADD COLUMN visibility INTEGER NOT NULL DEFAULT 0;

-- The address of an uploaded picture.
ALTER TABLE videos ADD COLUMN thumbnail TEXT;

CREATE TABLE uploads (
    file_name    TEXT    PRIMARY KEY,          -- chosen by the server: 32 hex digits and an extension
    owner_id     TEXT    NOT NULL REFERENCES users,
    is_video     INTEGER NOT NULL,
    content_type TEXT    NOT NULL,
    bytes        INTEGER NOT NULL,             -- reserved while the file is received
    state        INTEGER NOT NULL,             -- 0 being received, 1 stored, 2 used by the video, 3 replaced
    video_id     TEXT,
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX uploads_by_owner ON uploads (owner_id);
CREATE INDEX uploads_by_video ON uploads (video_id);
