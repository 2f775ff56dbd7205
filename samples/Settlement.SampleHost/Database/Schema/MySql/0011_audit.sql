-- What admins did: each request that can change something, written before it is executed.
CREATE TABLE IF NOT EXISTS audit (
    audit_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,  -- ordered by time
    at BIGINT NOT NULL,
    user_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    action VARCHAR(200) NOT NULL,
    detail TEXT NOT NULL,  -- the fields of the request, as JSON
    status BIGINT NULL  -- of the response; NULL while it is executed, and for ever if the process ended meanwhile
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
