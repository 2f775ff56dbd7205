-- Index for listing accounts, newest first.

CREATE INDEX IF NOT EXISTS users_by_age ON users (created_at, user_id);
