-- Where to go on follows from the last play itself, so a report writes its play and nothing beside it. What a viewer watches lies together.

-- Done once: the column is gone then.
ALTER TABLE viewings DROP PRIMARY KEY, ADD PRIMARY KEY (viewer, video_id), DROP COLUMN resume_ms;
