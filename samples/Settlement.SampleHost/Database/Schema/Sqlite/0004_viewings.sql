-- Where to go on follows from the last play itself, so a report writes its play and nothing beside it. What a viewer watches lies together.

CREATE TABLE viewings_by_viewer (
    viewer     TEXT    NOT NULL,
    video_id   TEXT    NOT NULL,
    play_id    TEXT,                           -- the last play
    counted_at INTEGER,                        -- when the last play that counted began
    PRIMARY KEY (viewer, video_id)
) STRICT, WITHOUT ROWID;

INSERT INTO viewings_by_viewer (viewer, video_id, play_id, counted_at) SELECT viewer, video_id, play_id, counted_at FROM viewings;

DROP TABLE viewings;

ALTER TABLE viewings_by_viewer RENAME TO viewings;
