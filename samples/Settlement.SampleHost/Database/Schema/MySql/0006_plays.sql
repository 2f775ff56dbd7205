-- A play's view is counted when the minimum is watched, so a play keeps what became of its view, and when. A viewer's last play of all is
-- the viewing of no video (video_id is empty). Counted views of before stay counted; plays that were not counted earn nothing, as before.

-- Done once: the column is gone then. view_state is 0 the owner's, 1 counted, 2 pending, 3 within 30 s of the last. viewed_at is when the
-- minimum was reached, counted_before the viewer's last counted view of the video when the play started.
ALTER TABLE plays CHANGE is_counted view_state BIGINT NOT NULL, ADD COLUMN viewed_at BIGINT, ADD COLUMN counted_before BIGINT;

-- Browsers on which somebody has logged in as the account: hashes of their cookies.
CREATE TABLE IF NOT EXISTS user_devices (
    device_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (device_id, user_id),
    INDEX user_devices_by_user (user_id, seen_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
