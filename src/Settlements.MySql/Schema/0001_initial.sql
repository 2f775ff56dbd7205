-- Instants are DATETIME(6) in UTC: no time zone of a session changes one. Ids are VARBINARY: up to 64 characters of UTF-8, compared by
-- bytes, without padding, on every engine. No triggers, no procedures; nothing relies on the order of AUTO_INCREMENT.

-- The library's own events. The key makes a day one contiguous range; an id is counted once, whatever instant it comes with.
CREATE TABLE usage_events (
    occurred_at DATETIME(6)    NOT NULL,
    event_id    BINARY(16)     NOT NULL,
    meter       VARBINARY(256) NOT NULL,
    item_id     VARBINARY(256) NOT NULL,
    payee_id    VARBINARY(256) NOT NULL,
    quantity    BIGINT         NOT NULL,
    posting_date  DATE           NULL COMMENT 'the day that counts it when its own was closed before it came; null for its own day',
    reason      VARBINARY(1024) NULL COMMENT 'up to 256 characters; null when absent',
    reference   VARBINARY(256) NULL COMMENT 'an order or a ticket, up to 64 characters; null when absent',
    PRIMARY KEY (occurred_at, event_id),
    UNIQUE KEY usage_events_by_id (event_id)
) ENGINE = InnoDB;

-- The events that have posting_date, by it: few, so that the many pay for no index.
CREATE TABLE late_events (
    posting_date  DATE        NOT NULL,
    occurred_at DATETIME(6) NOT NULL,
    event_id    BINARY(16)  NOT NULL,
    PRIMARY KEY (posting_date, occurred_at, event_id)
) ENGINE = InnoDB;

-- The events that have a reason or a reference, by the line that counts them: few, so that the many pay for no index.
CREATE TABLE event_notes (
    meter       VARBINARY(256) NOT NULL,
    item_id     VARBINARY(256) NOT NULL,
    occurred_at DATETIME(6)    NOT NULL,
    event_id    BINARY(16)     NOT NULL,
    PRIMARY KEY (meter, item_id, occurred_at, event_id)
) ENGINE = InnoDB;

-- Ids of events, where usage_events has day partitions: a unique index of theirs would have to hold the instant, too.
CREATE TABLE event_ids (
    event_id    BINARY(16)  NOT NULL PRIMARY KEY,
    occurred_at DATETIME(6) NOT NULL
) ENGINE = InnoDB;

-- A writer of events locks one of these rows, shared where the engine can, a close locks all: so it waits for writers under way.
-- What all of them hold the same: whether ids are kept in event_ids, and before which instant events can't be stored just now, because
-- partitions are being dropped.
CREATE TABLE writer_locks (
    gate            INT         NOT NULL PRIMARY KEY,
    ids_apart       TINYINT     NOT NULL,
    dropping_before DATETIME(6) NULL
) ENGINE = InnoDB;

INSERT INTO writer_locks (gate, ids_apart) VALUES
    (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);

-- Days that are not open. Published: readers follow run_id to the rows that count. What happened before ends_at is late from now on.
CREATE TABLE business_days (
    day               DATE           NOT NULL PRIMARY KEY,
    state             VARBINARY(16)  NOT NULL,
    starts_at         DATETIME(6)    NOT NULL,
    ends_at           DATETIME(6)    NOT NULL,
    calendar          VARBINARY(256) NOT NULL,
    run_id            BIGINT         NULL,
    published_at      DATETIME(6)    NULL,
    events_dropped_at DATETIME(6)    NULL COMMENT 'since then its events are gone, with their partition',
    revision          INT            NOT NULL DEFAULT 0 COMMENT 'how often it was adjusted: of two instances that find the same difference, one counts it',
    UNIQUE KEY business_days_by_run (run_id)
) ENGINE = InnoDB;

-- Sums of a chunk in the byte order of their keys, cut into segments: a row for every sum would cost more than the summing. A segment begins
-- with first_meter and first_item. Gone when the day is published.
CREATE TABLE partial_sums (
    run_id      BIGINT         NOT NULL,
    chunk       INT            NOT NULL,
    segment     INT            NOT NULL,
    first_meter VARBINARY(256) NOT NULL,
    first_item  VARBINARY(256) NOT NULL,
    row_count   INT            NOT NULL,
    totals      LONGBLOB       NOT NULL COMMENT 'meter, item, payee, usage date, quantity, events; see PartialSegment',
    PRIMARY KEY (run_id, chunk, segment)
) ENGINE = InnoDB;

-- What a chunk read of a meter, counted apart from its sums; gone when the day is published.
CREATE TABLE control_totals (
    run_id   BIGINT         NOT NULL,
    chunk    INT            NOT NULL,
    meter    VARBINARY(256) NOT NULL,
    events   BIGINT         NOT NULL,
    quantity DECIMAL(30,0)  NOT NULL,
    PRIMARY KEY (run_id, chunk, meter)
) ENGINE = InnoDB;

-- The unit of settlement. The posting date is that of the day which names the run. Columns of the price are null for a meter without rates.
-- Amounts have at most 21 digits before the point and 6 after it (counts up to 10^15, prices up to 10^6 with 6 decimals): no column rounds one.
CREATE TABLE settlement_lines (
    run_id          BIGINT         NOT NULL,
    meter           VARBINARY(256) NOT NULL,
    item_id         VARBINARY(256) NOT NULL,
    payee_id        VARBINARY(256) NOT NULL,
    usage_date      DATE           NOT NULL,
    kind            SMALLINT       NOT NULL COMMENT '50 repricing, 60 restatement, 70 usage: in the order of the names',
    restates        VARBINARY(32)  NOT NULL COMMENT 'posting date and kind of the line that is corrected: 2024-07-01/usage; empty for other kinds',
    quantity        BIGINT         NOT NULL,
    events          BIGINT         NOT NULL,
    counter_before  BIGINT         NULL,
    counter_after   BIGINT         NULL,
    rate_scope      VARBINARY(512) NULL,
    rate_version    VARBINARY(256) NULL,
    exact_amount    DECIMAL(30,6)  NULL,
    amount          DECIMAL(30,6)  NULL,
    currency        VARBINARY(16)  NULL,
    currency_digits TINYINT        NULL,
    PRIMARY KEY (run_id, meter, item_id, payee_id, usage_date, kind, restates),
    KEY settlement_lines_by_payee (run_id, payee_id)
) ENGINE = InnoDB;

-- Usage that could not be priced: counted again by the next close. A quantity may be more than a BIGINT holds.
CREATE TABLE quarantined_usage (
    run_id     BIGINT         NOT NULL,
    meter      VARBINARY(256) NOT NULL,
    item_id    VARBINARY(256) NOT NULL,
    payee_id   VARBINARY(256) NOT NULL,
    usage_date DATE           NOT NULL,
    quantity   DECIMAL(39,0)  NOT NULL,
    events     BIGINT         NOT NULL,
    reason     LONGBLOB       NOT NULL,
    PRIMARY KEY (run_id, meter, item_id, payee_id, usage_date)
) ENGINE = InnoDB;

-- What a published day has: what its rows are compared with ever after.
CREATE TABLE day_totals (
    day        DATE           NOT NULL,
    meter      VARBINARY(256) NOT NULL,
    line_count BIGINT         NOT NULL,
    events     DECIMAL(30,0)  NOT NULL,
    quantity   DECIMAL(30,0)  NOT NULL,
    PRIMARY KEY (day, meter)
) ENGINE = InnoDB;

CREATE TABLE day_amounts (
    day      DATE          NOT NULL,
    currency VARBINARY(16) NOT NULL,
    amount   DECIMAL(36,6) NOT NULL,
    PRIMARY KEY (day, currency)
) ENGINE = InnoDB;

-- Counters. A row is in force with quantity when run_id is 0 (written outside of a run) or a published day names that run; else with previous,
-- null for no counter: so a run that is abandoned leaves nothing behind. volume_units and rounding_sums follow the same rule.
CREATE TABLE item_counters (
    meter        VARBINARY(256) NOT NULL,
    period       VARBINARY(8)   NOT NULL COMMENT 'lifetime, year, month, week or day',
    period_start DATE           NOT NULL,
    item_id      VARBINARY(256) NOT NULL,
    quantity     BIGINT         NOT NULL,
    run_id       BIGINT         NOT NULL,
    previous     BIGINT         NULL,
    PRIMARY KEY (meter, period, period_start, item_id)
) ENGINE = InnoDB;

-- The units that a version of a volume table has priced for a payee: what a later day reprices.
CREATE TABLE volume_units (
    meter          VARBINARY(256) NOT NULL,
    item_id        VARBINARY(256) NOT NULL,
    rate_scope     VARBINARY(512) NOT NULL,
    rate_version   VARBINARY(256) NOT NULL,
    period_start   DATE           NOT NULL,
    payee_id       VARBINARY(256) NOT NULL,
    units          BIGINT         NOT NULL,
    exact_amount   DECIMAL(30,6)  NOT NULL,
    run_id         BIGINT         NOT NULL,
    previous_units BIGINT         NULL,
    previous_exact DECIMAL(30,6)  NULL,
    PRIMARY KEY (meter, item_id, rate_scope, rate_version, period_start, payee_id)
) ENGINE = InnoDB;

-- The exact sums that cumulative rounding runs over.
CREATE TABLE rounding_sums (
    meter          VARBINARY(256) NOT NULL,
    item_id        VARBINARY(256) NOT NULL,
    payee_id       VARBINARY(256) NOT NULL,
    currency       VARBINARY(16)  NOT NULL,
    exact_amount   DECIMAL(30,6)  NOT NULL,
    run_id         BIGINT         NOT NULL,
    previous_exact DECIMAL(30,6)  NULL,
    PRIMARY KEY (meter, item_id, payee_id, currency)
) ENGINE = InnoDB;

-- What the last publication counted: a counter that is changed or deleted by hand is found by the next one. The name is a period's,
-- 'rounding CURRENCY' or 'volume SCOPE VERSION'.
CREATE TABLE counter_totals (
    meter        VARBINARY(256)  NOT NULL,
    name         VARBINARY(1024) NOT NULL,
    period_start DATE            NOT NULL,
    row_count    BIGINT          NOT NULL,
    total        DECIMAL(36,6)   NOT NULL,
    PRIMARY KEY (meter, name, period_start)
) ENGINE = InnoDB;

-- The kinds of periods over which the items of a meter are counted.
CREATE TABLE counter_periods (
    meter  VARBINARY(256) NOT NULL,
    period VARBINARY(8)   NOT NULL,
    PRIMARY KEY (meter, period)
) ENGINE = InnoDB;

-- What a replaced system had counted, imported once.
CREATE TABLE opening_counters (
    meter       VARBINARY(256) NOT NULL,
    item_id     VARBINARY(256) NOT NULL,
    quantity    BIGINT         NOT NULL,
    imported_by VARBINARY(256) NOT NULL,
    imported_at DATETIME(6)    NOT NULL,
    PRIMARY KEY (meter, item_id)
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
    meter          VARBINARY(256) NOT NULL,
    scope          VARBINARY(512) NOT NULL,
    version        VARBINARY(256) NOT NULL,
    first_day      DATE           NOT NULL COMMENT 'its first usage date',
    definition     LONGBLOB       NOT NULL,
    in_force_from  DATE           NOT NULL COMMENT 'the posting date with which it was recorded first',
    is_superseding TINYINT        NOT NULL,
    PRIMARY KEY (meter, scope, version)
) ENGINE = InnoDB;

-- What a source counted for a meter, from a posting date on.
CREATE TABLE recorded_sources (
    source       VARBINARY(256) NOT NULL,
    meter        VARBINARY(256) NOT NULL,
    first_day    DATE           NOT NULL COMMENT 'the first posting date with this definition',
    definition   LONGBLOB       NOT NULL,
    counted_from DATE           NOT NULL COMMENT 'the first business day whose rows count',
    PRIMARY KEY (source, meter, first_day)
) ENGINE = InnoDB;

-- Differences between a published day and its sources that were decided on: posted to a later day, or accepted (posting_date null).
CREATE TABLE adjustments (
    adjustment_id BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
    usage_date    DATE           NOT NULL,
    posting_date  DATE           NULL,
    meter         VARBINARY(256) NOT NULL,
    item_id       VARBINARY(256) NOT NULL,
    payee_id      VARBINARY(256) NOT NULL,
    quantity      BIGINT         NOT NULL,
    events        BIGINT         NOT NULL,
    reason        LONGBLOB       NOT NULL,
    decided_by    VARBINARY(256) NULL COMMENT 'null where a policy decided',
    KEY adjustments_by_usage_date (usage_date),
    KEY adjustments_by_posting_date (posting_date)
) ENGINE = InnoDB;

-- Corrections that one person proposes and another approves.
CREATE TABLE proposals (
    proposal_id  BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind         VARBINARY(16)  NOT NULL COMMENT 'exclusion, reinstatement, restatement or publication',
    state        VARBINARY(16)  NOT NULL COMMENT 'proposed, approved, done or withdrawn',
    content      LONGBLOB       NOT NULL COMMENT 'JSON',
    hash         VARBINARY(64)  NOT NULL,
    reason       LONGBLOB       NOT NULL,
    proposed_by  VARBINARY(256) NOT NULL,
    proposed_at  DATETIME(6)    NOT NULL,
    approved_by  VARBINARY(256) NULL,
    approved_at  DATETIME(6)    NULL,
    posting_date DATE           NULL COMMENT 'the day that counts it',
    KEY proposals_by_posting_date (posting_date)
) ENGINE = InnoDB;

-- The differences that a restatement posts, one for each published line. Columns of the price are null where only the quantity changed.
CREATE TABLE restatement_entries (
    proposal_id BIGINT         NOT NULL,
    entry       INT            NOT NULL,
    meter       VARBINARY(256) NOT NULL,
    item_id     VARBINARY(256) NOT NULL,
    payee_id    VARBINARY(256) NOT NULL,
    usage_date  DATE           NOT NULL,
    restates    VARBINARY(32)  NOT NULL,
    quantity    BIGINT         NOT NULL,
    events      BIGINT         NOT NULL,
    old_scope   VARBINARY(512) NULL,
    old_version VARBINARY(256) NULL,
    new_scope   VARBINARY(512) NULL,
    new_version VARBINARY(256) NULL,
    units       BIGINT         NULL,
    old_exact   DECIMAL(30,6)  NULL,
    new_exact   DECIMAL(30,6)  NULL,
    old_amount  DECIMAL(30,6)  NULL,
    new_amount  DECIMAL(30,6)  NULL,
    PRIMARY KEY (proposal_id, entry),
    KEY restatement_entries_by_item (proposal_id, meter, item_id)
) ENGINE = InnoDB;

-- Usage of applications' tables that an exclusion took out, or a reinstatement put back.
CREATE TABLE exclusion_entries (
    proposal_id BIGINT         NOT NULL,
    usage_date  DATE           NOT NULL,
    meter       VARBINARY(256) NOT NULL,
    item_id     VARBINARY(256) NOT NULL,
    payee_id    VARBINARY(256) NOT NULL,
    quantity    BIGINT         NOT NULL,
    events      BIGINT         NOT NULL,
    PRIMARY KEY (proposal_id, usage_date, meter, item_id, payee_id),
    KEY exclusion_entries_by_usage_date (usage_date)
) ENGINE = InnoDB;

-- Events that are excluded, and the correction that takes each back.
CREATE TABLE excluded_events (
    event_id           BINARY(16) NOT NULL PRIMARY KEY,
    exclusion_event_id BINARY(16) NOT NULL,
    proposal_id        BIGINT     NOT NULL,
    KEY excluded_events_by_exclusion (exclusion_event_id),
    KEY excluded_events_by_proposal (proposal_id)
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
    fencing_token       BIGINT         NOT NULL,
    lease_until DATETIME(6)    NULL,
    PRIMARY KEY (run_id, step, chunk)
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

-- The rows that such a load rejected, each in the transaction of its chunk: a load that is started again reports them too.
CREATE TABLE IF NOT EXISTS load_rejects (
    load_key    VARBINARY(256) NOT NULL,
    source_row  BIGINT         NOT NULL COMMENT 'from 1; the header of a file counts',
    source_line BIGINT         NULL     COMMENT 'the line of the file on which it begins, from 1',
    first_row   BIGINT         NOT NULL COMMENT 'of its chunk',
    column_name VARBINARY(256) NULL,
    reason      LONGBLOB       NOT NULL,
    raw_text    LONGBLOB       NOT NULL,
    PRIMARY KEY (load_key, source_row),
    KEY load_rejects_by_chunk (load_key, first_row)
) ENGINE = InnoDB;
