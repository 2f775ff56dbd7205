-- Instants are DATETIME(6) in UTC: no time zone of a session changes one. Ids are VARBINARY: up to 64 characters of UTF-8, compared by
-- bytes, without padding, on every engine. No triggers, no procedures; nothing relies on the order of AUTO_INCREMENT.

-- The library's own events. The key makes a day one contiguous range; an id is counted once, whatever instant it comes with.
CREATE TABLE billable_events (
    occurred_at DATETIME(6)    NOT NULL,
    event_id    BINARY(16)     NOT NULL,
    meter       VARBINARY(256) NOT NULL,
    item_id     VARBINARY(256) NOT NULL,
    payee_id    VARBINARY(256) NOT NULL,
    quantity    BIGINT         NOT NULL,
    counted_on  DATE           NULL COMMENT 'the day that counts it when its own was closed before it came; null for its own day',
    reason      VARBINARY(1024) NULL COMMENT 'up to 256 characters; null when absent',
    reference   VARBINARY(256) NULL COMMENT 'an order or a ticket, up to 64 characters; null when absent',
    PRIMARY KEY (occurred_at, event_id),
    UNIQUE KEY billable_events_by_id (event_id)
) ENGINE = InnoDB;

-- The events that have counted_on, by it: few, so that the many pay for no index.
CREATE TABLE late_events (
    counted_on  DATE        NOT NULL,
    occurred_at DATETIME(6) NOT NULL,
    event_id    BINARY(16)  NOT NULL,
    PRIMARY KEY (counted_on, occurred_at, event_id)
) ENGINE = InnoDB;

-- The events that have a reason or a reference, by the line that counts them: few, so that the many pay for no index.
CREATE TABLE event_notes (
    meter       VARBINARY(256) NOT NULL,
    item_id     VARBINARY(256) NOT NULL,
    occurred_at DATETIME(6)    NOT NULL,
    event_id    BINARY(16)     NOT NULL,
    PRIMARY KEY (meter, item_id, occurred_at, event_id)
) ENGINE = InnoDB;

-- Ids of events, where billable_events has day partitions: a unique index of theirs would have to hold the instant, too.
CREATE TABLE event_ids (
    event_id    BINARY(16)  NOT NULL PRIMARY KEY,
    occurred_at DATETIME(6) NOT NULL
) ENGINE = InnoDB;

-- A writer of events locks one of these rows, a close locks all: so it waits for writers under way. (Shared locks are not on every engine.)
-- What all of them hold the same: whether ids are kept in event_ids, and before which instant events can't be stored just now, because
-- partitions are being dropped.
CREATE TABLE writer_gates (
    gate            INT         NOT NULL PRIMARY KEY,
    ids_apart       TINYINT     NOT NULL,
    dropping_before DATETIME(6) NULL
) ENGINE = InnoDB;

INSERT INTO writer_gates (gate, ids_apart) VALUES
    (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);

-- Days that are not open. Published: readers follow run_id to the rows that count.
CREATE TABLE business_days (
    day               DATE           NOT NULL PRIMARY KEY,
    state             VARBINARY(16)  NOT NULL,
    ends_at           DATETIME(6)    NOT NULL,
    calendar          VARBINARY(256) NOT NULL,
    run_id            BIGINT         NULL,
    published_at      DATETIME(6)    NULL,
    events_dropped_at DATETIME(6)    NULL COMMENT 'since then its events are gone, with their partition'
) ENGINE = InnoDB;

-- Sums of a chunk in the byte order of their keys, cut into segments: a row for every sum would cost more than the summing. A segment begins
-- with first_meter and first_item. Gone when the day is published.
CREATE TABLE partial_totals (
    run_id      BIGINT         NOT NULL,
    chunk       INT            NOT NULL,
    segment     INT            NOT NULL,
    first_meter VARBINARY(256) NOT NULL,
    first_item  VARBINARY(256) NOT NULL,
    row_count   INT            NOT NULL,
    totals      LONGBLOB       NOT NULL COMMENT 'meter, item, payee, own day, quantity; see PartialSegment',
    PRIMARY KEY (run_id, chunk, segment)
) ENGINE = InnoDB;

CREATE TABLE daily_totals (
    run_id   BIGINT         NOT NULL,
    meter    VARBINARY(256) NOT NULL,
    item_id  VARBINARY(256) NOT NULL,
    payee_id VARBINARY(256) NOT NULL,
    quantity BIGINT         NOT NULL COMMENT 'late units included',
    PRIMARY KEY (run_id, meter, item_id, payee_id),
    KEY daily_totals_by_payee (run_id, payee_id)
) ENGINE = InnoDB;

-- The late part of a total, by the day it belongs to.
CREATE TABLE late_totals (
    run_id   BIGINT         NOT NULL,
    meter    VARBINARY(256) NOT NULL,
    item_id  VARBINARY(256) NOT NULL,
    payee_id VARBINARY(256) NOT NULL,
    own_day  DATE           NOT NULL,
    quantity BIGINT         NOT NULL,
    PRIMARY KEY (run_id, meter, item_id, payee_id, own_day)
) ENGINE = InnoDB;

-- Amounts have at most 21 digits before the point and 6 after it (counts up to 10^15, prices up to 10^6 with 6 decimals): no column rounds one.
CREATE TABLE priced_lines (
    run_id            BIGINT         NOT NULL,
    meter             VARBINARY(256) NOT NULL,
    item_id           VARBINARY(256) NOT NULL,
    payee_id          VARBINARY(256) NOT NULL,
    quantity          BIGINT         NOT NULL,
    cumulative_before BIGINT         NOT NULL,
    cumulative_after  BIGINT         NOT NULL,
    rate_scope        VARBINARY(512) NOT NULL,
    rate_version      VARBINARY(256) NOT NULL,
    exact_amount      DECIMAL(30,6) NOT NULL,
    amount            DECIMAL(30,6) NOT NULL,
    currency          VARBINARY(16)  NOT NULL,
    currency_digits   TINYINT        NOT NULL,
    PRIMARY KEY (run_id, meter, item_id, payee_id),
    KEY priced_lines_by_payee (run_id, payee_id)
) ENGINE = InnoDB;

-- Counts as of the end of `day`; `quantity` and the `earlier_` columns take that day back, so that doing it again gives the same. They are
-- null when the item had no events before.
CREATE TABLE item_counters (
    meter          VARBINARY(256) NOT NULL,
    item_id        VARBINARY(256) NOT NULL,
    run_id         BIGINT         NOT NULL,
    day            DATE           NOT NULL,
    payee_id       VARBINARY(256) NOT NULL,
    quantity       BIGINT         NOT NULL,
    life           BIGINT         NOT NULL,
    year           BIGINT         NOT NULL,
    month          BIGINT         NOT NULL,
    week           BIGINT         NOT NULL,
    paid_exact     DECIMAL(30,6) NOT NULL,
    paid_amount    DECIMAL(30,6) NOT NULL,
    earlier_day    DATE           NULL,
    earlier_payee  VARBINARY(256) NULL,
    earlier_exact  DECIMAL(30,6) NULL,
    earlier_amount DECIMAL(30,6) NULL,
    PRIMARY KEY (meter, item_id),
    -- Rankings and repeated closes look at the items of a day, week or month, not at all that ever were; the run tells those of other runs.
    KEY item_counters_by_day (meter, day, run_id)
) ENGINE = InnoDB;

CREATE TABLE rankings (
    run_id   BIGINT         NOT NULL,
    period   VARBINARY(8)   NOT NULL,
    meter    VARBINARY(256) NOT NULL,
    place    INT            NOT NULL,
    item_id  VARBINARY(256) NOT NULL,
    payee_id VARBINARY(256) NOT NULL,
    quantity BIGINT         NOT NULL,
    PRIMARY KEY (run_id, period, meter, place)
) ENGINE = InnoDB;

-- What priced published days: a version never changes once it has.
CREATE TABLE rate_versions (
    meter      VARBINARY(256) NOT NULL,
    scope      VARBINARY(512) NOT NULL,
    version    VARBINARY(256) NOT NULL,
    first_day  DATE           NOT NULL,
    definition LONGBLOB       NOT NULL,
    PRIMARY KEY (meter, scope, version)
) ENGINE = InnoDB;

-- One run of a pipeline and key that counts: is_current is null for those that are abandoned, and nulls are not equal.
CREATE TABLE pipeline_runs (
    run_id      BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
    pipeline    VARBINARY(256) NOT NULL,
    run_key     VARBINARY(256) NOT NULL,
    is_current  TINYINT        NULL,
    fingerprint LONGBLOB       NOT NULL,
    state       VARBINARY(16)  NOT NULL,
    owner       VARBINARY(256) NOT NULL,
    lease_until DATETIME(6)    NOT NULL,
    started_at  DATETIME(6)    NOT NULL,
    ended_at    DATETIME(6)    NULL,
    failure     LONGBLOB       NULL,
    UNIQUE KEY pipeline_runs_once (pipeline, run_key, is_current),
    KEY pipeline_runs_by_start (started_at, run_id)
) ENGINE = InnoDB;

CREATE TABLE pipeline_steps (
    run_id BIGINT NOT NULL,
    step   INT    NOT NULL,
    chunks INT    NOT NULL,
    PRIMARY KEY (run_id, step)
) ENGINE = InnoDB;

CREATE TABLE pipeline_chunks (
    run_id      BIGINT         NOT NULL,
    step        INT            NOT NULL,
    chunk       INT            NOT NULL,
    bounds      LONGBLOB       NOT NULL,
    done        TINYINT        NOT NULL,
    rows_read   BIGINT         NOT NULL,
    owner       VARBINARY(256) NULL,
    epoch       BIGINT         NOT NULL,
    lease_until DATETIME(6)    NULL,
    PRIMARY KEY (run_id, step, chunk)
) ENGINE = InnoDB;

-- The bulk loader's checkpoints: each in the transaction of its rows.
CREATE TABLE IF NOT EXISTS load_chunks (
    load_key   VARBINARY(256) NOT NULL,
    first_row  BIGINT         NOT NULL COMMENT 'the place in the source of its first row, from 1',
    row_count  BIGINT         NOT NULL,
    stored     BIGINT         NOT NULL,
    skipped    BIGINT         NOT NULL,
    rejected   BIGINT         NOT NULL,
    checksum   BINARY(16)     NOT NULL COMMENT 'of its rows, so that another source is not taken for the same',
    PRIMARY KEY (load_key, first_row)
) ENGINE = InnoDB;
