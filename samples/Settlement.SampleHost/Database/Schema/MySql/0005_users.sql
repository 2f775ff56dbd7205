-- Index for listing accounts, newest first.

-- Run once: fails if the index exists.
CREATE INDEX users_by_age ON users (created_at, user_id);
