-- A view is counted when the minimum is watched, so a play stores the state of its view and the instant. The row with an empty video_id
-- names a viewer's last play of any video. Views counted earlier stay counted; plays that were not counted earn nothing, as before.

-- Run once: fails if the column was dropped. view_state: 0 played by the owner, 1 counted, 2 pending, 3 within 30 s of the last.
-- viewed_at: when the minimum was reached. counted_before: the viewer's last counted view of the video when the play started.
ALTER TABLE plays CHANGE is_counted view_state BIGINT NOT NULL, ADD COLUMN viewed_at BIGINT, ADD COLUMN counted_before BIGINT;

-- Browsers from which the account has logged in: hashes of their device cookies.
CREATE TABLE IF NOT EXISTS user_devices (
    device_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (device_id, user_id),
    INDEX user_devices_by_user (user_id, seen_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
