-- A view is counted when the minimum is watched, so a play stores the state of its view and the instant. The row with an empty video_id
-- names a viewer's last play of any video. Views counted earlier stay counted; plays that were not counted earn nothing, as before.

-- 0 played by the owner, 1 counted, 2 pending, 3 within 30 s of the last.
ALTER TABLE plays RENAME COLUMN is_counted TO view_state;

-- When the minimum was reached.
ALTER TABLE plays ADD COLUMN viewed_at INTEGER;

-- The viewer's last counted view of the video when the play started.
ALTER TABLE plays ADD COLUMN counted_before INTEGER;

-- Browsers from which the account has logged in: hashes of their device cookies.
CREATE TABLE user_devices (
    device_id TEXT    NOT NULL,
    user_id   TEXT    NOT NULL REFERENCES users,
    seen_at   INTEGER NOT NULL,
    PRIMARY KEY (device_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_devices_by_user ON user_devices (user_id, seen_at);
