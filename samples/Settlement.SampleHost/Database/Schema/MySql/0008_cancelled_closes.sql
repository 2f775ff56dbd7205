-- Any instance can request the cancellation of a running close; the instance that runs it reads this column.

-- Run once: fails if the column exists. The admin's account; null if not cancelled.
ALTER TABLE closes ADD COLUMN cancelled_by VARCHAR(100);
