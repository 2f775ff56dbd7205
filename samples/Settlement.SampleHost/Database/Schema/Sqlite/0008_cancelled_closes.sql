-- A close that is running is cancelled by any host: the one that runs it looks here.

-- The admin's account; null while nobody cancels it.
ALTER TABLE closes ADD COLUMN cancelled_by TEXT;
