-- The list of accounts, newest first.

-- Done once: the index is there then.
CREATE INDEX users_by_age ON users (created_at, user_id);
