-- What the admin who proposed a correction has seen, for the one who approves it. The library keeps the proposal and its hash.
CREATE TABLE corrections (
    proposal_id INTEGER PRIMARY KEY,
    first_day   TEXT    NOT NULL,
    last_day    TEXT    NOT NULL,
    amount      TEXT    NOT NULL,               -- in KRW, if the correction were posted when it was proposed
    parts_count INTEGER NOT NULL,
    parts       TEXT    NOT NULL                -- the first parts, as JSON
) STRICT;
