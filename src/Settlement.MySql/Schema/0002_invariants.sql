-- How many events a sum is of: what tells rows that came into a closed day from rows that were changed. 0 where it was not counted yet.
-- (Partial totals hold theirs packed.)
ALTER TABLE daily_totals ADD COLUMN events BIGINT NOT NULL DEFAULT 0;

ALTER TABLE late_totals ADD COLUMN events BIGINT NOT NULL DEFAULT 0;

-- What a chunk read of a meter, counted apart from its sums; gone when the day is published.
CREATE TABLE chunk_sums (
    run_id   BIGINT         NOT NULL,
    chunk    INT            NOT NULL,
    meter    VARBINARY(256) NOT NULL,
    events   BIGINT         NOT NULL,
    quantity DECIMAL(30,0)  NOT NULL,
    PRIMARY KEY (run_id, chunk, meter)
) ENGINE = InnoDB;

-- How often a closed day was adjusted: of two hosts that find the same events, one counts them.
ALTER TABLE business_days ADD COLUMN revision INT NOT NULL DEFAULT 0;

-- Events that were found in a closed day, and the day that counts them.
CREATE TABLE adjustments (
    counted_on DATE           NOT NULL,
    own_day    DATE           NOT NULL,
    meter      VARBINARY(256) NOT NULL,
    item_id    VARBINARY(256) NOT NULL,
    payee_id   VARBINARY(256) NOT NULL,
    quantity   BIGINT         NOT NULL,
    events     BIGINT         NOT NULL,
    PRIMARY KEY (counted_on, own_day, meter, item_id, payee_id),
    KEY adjustments_by_own_day (own_day)
) ENGINE = InnoDB;

-- What a run met: retries, chunks that changed hands, failures.
CREATE TABLE pipeline_incidents (
    incident_id BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
    run_id      BIGINT         NOT NULL,
    noted_at    DATETIME(6)    NOT NULL,
    step        VARBINARY(256) NULL,
    chunk       INT            NULL,
    reason      LONGBLOB       NOT NULL,
    KEY pipeline_incidents_by_run (run_id, incident_id)
) ENGINE = InnoDB;
