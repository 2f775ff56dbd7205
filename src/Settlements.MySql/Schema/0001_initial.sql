-- Instants are DATETIME(6) in UTC, independent of the connection's time zone. Ids are VARBINARY: up to 64 characters of UTF-8, compared by
-- bytes, without padding, on every engine. No triggers, no procedures; nothing relies on the order of AUTO_INCREMENT.

-- The library's events. The key makes a day one contiguous range; an id is counted once, even if it is sent again with another instant.
CREATE TABLE usage_events (
    occurred_at DATETIME(6)    NOT NULL,
    event_id    BINARY(16)     NOT NULL,
    meter       VARBINARY(256) NOT NULL,
    item_id     VARBINARY(256) NOT NULL,
    payee_id    VARBINARY(256) NOT NULL,
    quantity    BIGINT         NOT NULL,
    posting_date  DATE           NULL COMMENT 'the business day whose close counts it; null for the usage date',
    reason      VARBINARY(1024) NULL COMMENT 'up to 256 characters; null when absent',
    reference   VARBINARY(256) NULL COMMENT 'an order or a ticket, up to 64 characters; null when absent',
    PRIMARY KEY (occurred_at, event_id),
    UNIQUE KEY usage_events_by_id (event_id)
) ENGINE = InnoDB;

-- Index of the events with a posting_date. A separate table, so that the other events need no index entry.
CREATE TABLE late_events (
    posting_date  DATE        NOT NULL,
    occurred_at DATETIME(6) NOT NULL,
    event_id    BINARY(16)  NOT NULL,
    PRIMARY KEY (posting_date, occurred_at, event_id)
) ENGINE = InnoDB;

-- Index of the events with a reason or a reference, by line. A separate table, so that the other events need no index entry.
CREATE TABLE event_notes (
    meter       VARBINARY(256) NOT NULL,
    item_id     VARBINARY(256) NOT NULL,
    occurred_at DATETIME(6)    NOT NULL,
    event_id    BINARY(16)     NOT NULL,
    PRIMARY KEY (meter, item_id, occurred_at, event_id)
) ENGINE = InnoDB;

-- Ids of events if usage_events has day partitions: a unique index of a partitioned table would have to include the instant.
CREATE TABLE event_ids (
    event_id    BINARY(16)  NOT NULL PRIMARY KEY,
    occurred_at DATETIME(6) NOT NULL
) ENGINE = InnoDB;

-- The lock between writers of events and a close: a writer locks one row, shared if the engine supports it; a close locks all, so it waits
-- for active writers. All rows have the same values, so that a writer reads the state together with its lock: whether ids are stored in
-- event_ids, the instant before which events are refused while partitions are being dropped, and the end of the last day of business_days.
CREATE TABLE writer_locks (
    slot                INT         NOT NULL PRIMARY KEY,
    uses_event_id_table TINYINT     NOT NULL,
    dropping_before     DATETIME(6) NULL,
    closed_until        DATETIME(6) NULL COMMENT 'events before it are late; null while no day was ever closed',
    open_day            DATE        NULL COMMENT 'the first open day, to which late events are posted'
) ENGINE = InnoDB;

INSERT INTO writer_locks (slot, uses_event_id_table) VALUES
    (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);

-- Days that are closing or published. For a published day, run_id names the run whose rows are in force. Events before ends_at are late.
CREATE TABLE business_days (
    day               DATE           NOT NULL PRIMARY KEY,
    state             VARBINARY(16)  NOT NULL,
    starts_at         DATETIME(6)    NOT NULL,
    ends_at           DATETIME(6)    NOT NULL,
    calendar          VARBINARY(256) NOT NULL,
    run_id            BIGINT         NULL,
    published_at      DATETIME(6)    NULL,
    events_dropped_at DATETIME(6)    NULL COMMENT 'when its events were dropped with their partition; null while they exist',
    revision          INT            NOT NULL DEFAULT 0 COMMENT 'number of adjustments; of two concurrent ones, one is refused',
    UNIQUE KEY business_days_by_run (run_id)
) ENGINE = InnoDB;

-- A chunk's sums in byte order of their keys, in segments, since a row for every sum would cost more than the summing. A segment starts
-- with first_meter and first_item. Deleted when the day is published.
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

-- Control totals: what a chunk read of a meter, computed and stored separately from its sums. Deleted when the day is published.
CREATE TABLE control_totals (
    run_id   BIGINT         NOT NULL,
    chunk    INT            NOT NULL,
    meter    VARBINARY(256) NOT NULL,
    events   BIGINT         NOT NULL,
    quantity DECIMAL(30,0)  NOT NULL,
    PRIMARY KEY (run_id, chunk, meter)
) ENGINE = InnoDB;

-- The unit of settlement. The posting date is the day that names the run. The price columns are null for a meter without rates.
-- Amounts have at most 21 digits before the point and 6 after it (counts up to 10^15, prices up to 10^6 with 6 decimals): none is rounded.
CREATE TABLE settlement_lines (
    run_id          BIGINT         NOT NULL,
    meter           VARBINARY(256) NOT NULL,
    item_id         VARBINARY(256) NOT NULL,
    payee_id        VARBINARY(256) NOT NULL,
    usage_date      DATE           NOT NULL,
    kind            SMALLINT       NOT NULL COMMENT '50 repricing, 60 restatement, 70 usage: in alphabetical order',
    restates        VARBINARY(32)  NOT NULL COMMENT 'posting date and kind of the corrected line: 2024-07-01/usage; empty for other kinds',
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

-- The sums of the priced lines by payee, of one meter and currency, in segments: statements of all payees read them instead of the lines.
-- first_item is the first priced item of the lines that were written together.
CREATE TABLE payee_sums (
    run_id          BIGINT         NOT NULL,
    meter           VARBINARY(256) NOT NULL,
    first_item      VARBINARY(256) NOT NULL,
    segment         INT            NOT NULL,
    currency        VARBINARY(16)  NOT NULL,
    currency_digits TINYINT        NOT NULL,
    row_count       INT            NOT NULL,
    sums            LONGBLOB       NOT NULL COMMENT 'payee, quantity, amount; see PackedPayees',
    PRIMARY KEY (run_id, meter, first_item, segment)
) ENGINE = InnoDB;

-- Usage that could not be priced; the next close counts it again. A quantity may exceed the range of BIGINT.
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

-- Totals of a published day, with which its rows are compared in verification.
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

-- Counters. The value in force is quantity if run_id is 0 (written outside of a run) or a published day names the run, otherwise previous
-- (null for no counter), so that an abandoned run has no effect. The same applies to volume_units and rounding_sums.
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

-- The units that a version of a volume table has priced for a payee, which a later day may reprice.
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

-- The exact sums of cumulative rounding.
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

-- Totals of the counters at the last publication, by which the next one detects counters that were changed or deleted manually. The name
-- is a period, 'rounding CURRENCY' or 'volume SCOPE VERSION'.
CREATE TABLE counter_totals (
    meter        VARBINARY(256)  NOT NULL,
    name         VARBINARY(1024) NOT NULL,
    period_start DATE            NOT NULL,
    row_count    BIGINT          NOT NULL,
    total        DECIMAL(36,6)   NOT NULL,
    PRIMARY KEY (meter, name, period_start)
) ENGINE = InnoDB;

-- The counter periods of each meter.
CREATE TABLE counter_periods (
    meter  VARBINARY(256) NOT NULL,
    period VARBINARY(8)   NOT NULL,
    PRIMARY KEY (meter, period)
) ENGINE = InnoDB;

-- Opening counters of a replaced system, imported once.
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

-- The current estimate: the open days, each with the run id of its rows in settlement_lines and quarantined_usage, which is below 0 and no
-- day's. A day that has been published since is ignored.
CREATE TABLE estimates (
    day    DATE   NOT NULL PRIMARY KEY,
    run_id BIGINT NOT NULL
) ENGINE = InnoDB;

-- The last refresh of the estimate, in one row.
CREATE TABLE estimate_refreshes (
    id      TINYINT     NOT NULL PRIMARY KEY COMMENT '1',
    refresh BIGINT      NOT NULL,
    run_id  BIGINT      NOT NULL COMMENT 'the run that computed the current estimate; 0 when there is none yet',
    as_of   DATETIME(6) NOT NULL
) ENGINE = InnoDB;

-- The rate versions that priced published days. A version is immutable once it has. A close records its versions when it starts.
CREATE TABLE rate_versions (
    meter          VARBINARY(256) NOT NULL,
    scope          VARBINARY(512) NOT NULL,
    version        VARBINARY(256) NOT NULL,
    first_day      DATE           NOT NULL COMMENT 'its first usage date',
    definition     LONGBLOB       NOT NULL,
    in_force_from  DATE           NOT NULL COMMENT 'the first posting date that used it',
    is_superseding TINYINT        NOT NULL,
    is_priced      TINYINT        NOT NULL DEFAULT 1 COMMENT '0 until a day is published with it',
    PRIMARY KEY (meter, scope, version)
) ENGINE = InnoDB;

-- The definition of a source for a meter, from a posting date on.
CREATE TABLE recorded_sources (
    source       VARBINARY(256) NOT NULL,
    meter        VARBINARY(256) NOT NULL,
    first_day    DATE           NOT NULL COMMENT 'the first posting date with this definition',
    definition   LONGBLOB       NOT NULL,
    counted_from DATE           NOT NULL COMMENT 'the first business day that the source counts',
    PRIMARY KEY (source, meter, first_day)
) ENGINE = InnoDB;

-- The state of the sources with which a day was last reconciled without a difference.
CREATE TABLE source_states (
    usage_date DATE        NOT NULL PRIMARY KEY,
    state      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE = InnoDB;

-- Decided differences between a published day and its sources: posted to a later day, or accepted (posting_date null).
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
    decided_by    VARBINARY(256) NULL COMMENT 'null if a policy decided',
    KEY adjustments_by_usage_date (usage_date),
    KEY adjustments_by_posting_date (posting_date)
) ENGINE = InnoDB;

-- Corrections that one person proposes and another approves.
CREATE TABLE proposals (
    proposal_id  BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind         VARBINARY(16)  NOT NULL COMMENT 'exclusion, reinstatement, restatement, publication, trial or rate-version',
    state        VARBINARY(16)  NOT NULL COMMENT 'proposed, approved, done or withdrawn',
    content      LONGBLOB       NOT NULL COMMENT 'JSON',
    hash         VARBINARY(64)  NOT NULL,
    reason       LONGBLOB       NOT NULL,
    proposed_by  VARBINARY(256) NOT NULL,
    proposed_at  DATETIME(6)    NOT NULL,
    approved_by  VARBINARY(256) NULL,
    approved_at  DATETIME(6)    NULL,
    posting_date DATE           NULL COMMENT 'the business day whose close posts it',
    KEY proposals_by_posting_date (posting_date)
) ENGINE = InnoDB;

-- The differences that a restatement posts, one per published line. The price columns are null if only the quantity changed.
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

-- Usage of the application's tables that was excluded or reinstated.
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

-- Excluded events, each with its correction.
CREATE TABLE excluded_events (
    event_id           BINARY(16) NOT NULL PRIMARY KEY,
    exclusion_event_id BINARY(16) NOT NULL,
    proposal_id        BIGINT     NOT NULL,
    KEY excluded_events_by_exclusion (exclusion_event_id),
    KEY excluded_events_by_proposal (proposal_id)
) ENGINE = InnoDB;

-- One current run per pipeline and key: is_current is null for abandoned runs, and nulls are not equal in a unique key.
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

-- Incidents of runs: retries, lost leases, failures.
CREATE TABLE pipeline_incidents (
    incident_id BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
    run_id      BIGINT         NOT NULL,
    noted_at    DATETIME(6)    NOT NULL,
    step        VARBINARY(256) NULL,
    chunk       INT            NULL,
    reason      LONGBLOB       NOT NULL,
    KEY pipeline_incidents_by_run (run_id, incident_id)
) ENGINE = InnoDB;

-- The bulk loader's checkpoints, each committed with its rows.
CREATE TABLE IF NOT EXISTS load_chunks (
    load_key   VARBINARY(256) NOT NULL,
    first_row  BIGINT         NOT NULL COMMENT 'number of its first row in the source, from 1',
    row_count  BIGINT         NOT NULL,
    stored     BIGINT         NOT NULL,
    skipped    BIGINT         NOT NULL,
    rejected   BIGINT         NOT NULL,
    checksum   BINARY(16)     NOT NULL COMMENT 'of its rows, to detect a different source',
    PRIMARY KEY (load_key, first_row)
) ENGINE = InnoDB;

-- The rows that such a load rejected, each committed with its chunk, so that a restarted load reports them again.
CREATE TABLE IF NOT EXISTS load_rejects (
    load_key    VARBINARY(256) NOT NULL,
    source_row  BIGINT         NOT NULL COMMENT 'from 1, including the header of a file',
    source_line BIGINT         NULL     COMMENT 'line of the file on which it starts, from 1',
    first_row   BIGINT         NOT NULL COMMENT 'of its chunk',
    column_name VARBINARY(256) NULL,
    reason      LONGBLOB       NOT NULL,
    raw_text    LONGBLOB       NOT NULL,
    PRIMARY KEY (load_key, source_row),
    KEY load_rejects_by_chunk (load_key, first_row)
) ENGINE = InnoDB;
