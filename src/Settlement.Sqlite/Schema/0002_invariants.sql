-- How many events a sum is of: what tells rows that came into a closed day from rows that were changed. 0 where it was not counted yet.
ALTER TABLE partial_totals ADD COLUMN events INTEGER NOT NULL DEFAULT 0;
ALTER TABLE daily_totals ADD COLUMN events INTEGER NOT NULL DEFAULT 0;
ALTER TABLE late_totals ADD COLUMN events INTEGER NOT NULL DEFAULT 0;

-- What a chunk read of a meter, counted apart from its sums; gone when the day is published. The quantity is a decimal, as text.
CREATE TABLE chunk_sums (
    run_id   INTEGER NOT NULL,
    chunk    INTEGER NOT NULL,
    meter    TEXT    NOT NULL,
    events   INTEGER NOT NULL,
    quantity TEXT    NOT NULL,
    PRIMARY KEY (run_id, chunk, meter)
) STRICT, WITHOUT ROWID;

-- How often a closed day was adjusted: of two hosts that find the same events, one counts them.
ALTER TABLE business_days ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

-- Events that were found in a closed day, and the day that counts them.
CREATE TABLE adjustments (
    counted_on TEXT    NOT NULL,
    own_day    TEXT    NOT NULL,
    meter      TEXT    NOT NULL,
    item_id    TEXT    NOT NULL,
    payee_id   TEXT    NOT NULL,
    quantity   INTEGER NOT NULL,
    events     INTEGER NOT NULL,
    PRIMARY KEY (counted_on, own_day, meter, item_id, payee_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX adjustments_by_own_day ON adjustments (own_day);

-- What a run met: retries, chunks that changed hands, failures.
CREATE TABLE pipeline_incidents (
    incident_id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id      INTEGER NOT NULL,
    noted_at    INTEGER NOT NULL,
    step        TEXT,
    chunk       INTEGER,
    reason      TEXT    NOT NULL
) STRICT;

CREATE INDEX pipeline_incidents_by_run ON pipeline_incidents (run_id, incident_id);
