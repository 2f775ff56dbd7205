-- The resume position is derived from the last play, so a report writes only its play. The key groups the rows of a viewer.

-- Run once: fails if the column was dropped.
ALTER TABLE viewings DROP PRIMARY KEY, ADD PRIMARY KEY (viewer, video_id), DROP COLUMN resume_ms;
