-- What the first instance decides for all instances and later starts, by name.
CREATE TABLE IF NOT EXISTS settings (
    name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    value VARCHAR(1000) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
