-- The list of accounts, newest first.

CREATE INDEX users_by_age ON users (created_at, user_id);
