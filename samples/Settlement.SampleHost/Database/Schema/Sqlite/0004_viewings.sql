-- The resume position is derived from the last play, so a report writes only its play. The key groups the rows of a viewer.

CREATE TABLE viewings_by_viewer (
    viewer     TEXT    NOT NULL,
    video_id   TEXT    NOT NULL,
    play_id    TEXT,                           -- the last play
    counted_at INTEGER,                        -- when the last counted play started
    PRIMARY KEY (viewer, video_id)
) STRICT, WITHOUT ROWID;

INSERT INTO viewings_by_viewer (viewer, video_id, play_id, counted_at) SELECT viewer, video_id, play_id, counted_at FROM viewings;

DROP TABLE viewings;

ALTER TABLE viewings_by_viewer RENAME TO viewings;
