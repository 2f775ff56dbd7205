-- Instants are whole microseconds since 1970-01-01T00:00:00Z. Days are ISO dates. Texts compare by bytes (BINARY is SQLite's default).

-- The library's event table. The primary key makes the events of a day one contiguous range.
CREATE TABLE usage_events (
    occurred_at INTEGER NOT NULL,
    event_id    BLOB    NOT NULL CHECK (length(event_id) = 16),
    meter       TEXT    NOT NULL,
    item_id     TEXT    NOT NULL,
    payee_id    TEXT    NOT NULL,
    quantity    INTEGER NOT NULL,
    posting_date TEXT,            -- of an event that arrived after the close of its usage date; null when posted to the usage date
    reason      TEXT,             -- null when absent
    reference   TEXT,             -- an order or a ticket; null when absent
    PRIMARY KEY (occurred_at, event_id)
) STRICT, WITHOUT ROWID;

-- An event id is counted once, even when it is sent again with another instant.
CREATE UNIQUE INDEX usage_events_by_id ON usage_events (event_id);
CREATE INDEX usage_events_late ON usage_events (posting_date, occurred_at, event_id) WHERE posting_date IS NOT NULL;

-- The number of updates and deletions of events, counted by triggers. It is part of the state with which a day was reconciled: the library
-- never updates events of a published day, so that another program has changed them when the number differs.
CREATE TABLE usage_changes (
    kind    TEXT    NOT NULL PRIMARY KEY CHECK (kind IN ('update', 'delete')),
    changes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO usage_changes (kind, changes) VALUES ('update', 0), ('delete', 0);
CREATE TRIGGER usage_events_updated AFTER UPDATE ON usage_events BEGIN
    UPDATE usage_changes SET changes = changes + 1 WHERE kind = 'update';
END;
CREATE TRIGGER usage_events_deleted AFTER DELETE ON usage_events BEGIN
    UPDATE usage_changes SET changes = changes + 1 WHERE kind = 'delete';
END;

-- The index of events that have a reason or a reference: a table of its own, so that the many other events cost no index row.
CREATE TABLE event_notes (
    meter       TEXT    NOT NULL,
    item_id     TEXT    NOT NULL,
    occurred_at INTEGER NOT NULL,
    event_id    BLOB    NOT NULL,
    PRIMARY KEY (meter, item_id, occurred_at, event_id)
) STRICT, WITHOUT ROWID;

-- Closing and published days, with their bounds as of the close. run_id of a published day identifies its rows in the other tables.
CREATE TABLE business_days (
    day          TEXT    PRIMARY KEY,
    state        TEXT    NOT NULL CHECK (state IN ('closing', 'published')),
    starts_at    INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    calendar     TEXT    NOT NULL,
    run_id       INTEGER UNIQUE,
    published_at INTEGER,
    revision     INTEGER NOT NULL DEFAULT 0,  -- number of adjustments; an optimistic lock between instances that adjust the same day
    CHECK ((state = 'published') = (run_id IS NOT NULL)),
    CHECK (starts_at <= ends_at)
) STRICT, WITHOUT ROWID;

-- Sums of a chunk in the byte order of their keys, packed into segments: a row for every sum would cost more than the summing. A segment
-- begins with first_meter and first_item. Deleted when the day is published, or the estimate is complete, whose run ids are below 0.
CREATE TABLE partial_sums (
    run_id      INTEGER NOT NULL,
    chunk       INTEGER NOT NULL,
    segment     INTEGER NOT NULL,
    first_meter TEXT    NOT NULL,
    first_item  TEXT    NOT NULL,
    row_count   INTEGER NOT NULL,
    totals      BLOB    NOT NULL, -- meter, item, payee, usage date, quantity, events; see PartialSegment
    PRIMARY KEY (run_id, chunk, segment)
) STRICT;

-- Control totals of a chunk and meter, stored separately from its sums. Deleted when the day is published. The quantity is a decimal, as
-- text.
CREATE TABLE control_totals (
    run_id   INTEGER NOT NULL,
    chunk    INTEGER NOT NULL,
    meter    TEXT    NOT NULL,
    events   INTEGER NOT NULL,
    quantity TEXT    NOT NULL,
    PRIMARY KEY (run_id, chunk, meter)
) STRICT, WITHOUT ROWID;

-- The unit of settlement. Its posting date is the day whose run_id is its run. Lines are read in the order of the primary key. Amounts are
-- exact decimals, as text. Lines of a meter without rates have no price.
CREATE TABLE settlement_lines (
    run_id          INTEGER NOT NULL,
    meter           TEXT    NOT NULL,
    item_id         TEXT    NOT NULL,
    payee_id        TEXT    NOT NULL,
    usage_date      TEXT    NOT NULL,
    kind            INTEGER NOT NULL,  -- the number of LineKind
    restates        TEXT    NOT NULL,  -- '' or the restated line, as in 2024-07-01/usage
    quantity        INTEGER NOT NULL,
    events          INTEGER NOT NULL,
    counter_before  INTEGER,
    counter_after   INTEGER,
    rate_scope      TEXT,
    rate_version    TEXT,
    exact_amount    TEXT,
    amount          TEXT,
    currency        TEXT,
    currency_digits INTEGER,
    item_range      INTEGER NOT NULL,  -- the transaction of the run that wrote the line, from 1
    PRIMARY KEY (run_id, meter, item_id, payee_id, usage_date, kind, restates)
) STRICT, WITHOUT ROWID;

-- The range precedes the payee, so that a transaction writes its own pages of the index: without it, each transaction of a day with many
-- items would write nearly all of them.
CREATE INDEX settlement_lines_by_payee ON settlement_lines (run_id, item_range, payee_id);

-- The sums of the priced lines by payee, of one meter and currency, in segments: statements of all payees read them instead of the lines.
-- first_item is the first priced item of the lines that were written together.
CREATE TABLE payee_sums (
    run_id          INTEGER NOT NULL,
    meter           TEXT    NOT NULL,
    first_item      TEXT    NOT NULL,
    segment         INTEGER NOT NULL,
    currency        TEXT    NOT NULL,
    currency_digits INTEGER NOT NULL,
    row_count       INTEGER NOT NULL,
    sums            BLOB    NOT NULL, -- payee, quantity, amount; see PackedPayees
    PRIMARY KEY (run_id, meter, first_item, segment)
) STRICT;

-- Usage that could not be priced; the next close prices it again. The quantity is a decimal, as text.
CREATE TABLE quarantined_usage (
    run_id     INTEGER NOT NULL,
    meter      TEXT    NOT NULL,
    item_id    TEXT    NOT NULL,
    payee_id   TEXT    NOT NULL,
    usage_date TEXT    NOT NULL,
    quantity   TEXT    NOT NULL,
    events     INTEGER NOT NULL,
    reason     TEXT    NOT NULL,
    PRIMARY KEY (run_id, meter, item_id, payee_id, usage_date)
) STRICT, WITHOUT ROWID;

-- The totals of a day at publication, which verification compares its lines with. Quantities and amounts are decimals, as text.
CREATE TABLE day_totals (
    day        TEXT    NOT NULL,
    meter      TEXT    NOT NULL,
    line_count INTEGER NOT NULL,
    events     INTEGER NOT NULL,
    quantity   TEXT    NOT NULL,
    PRIMARY KEY (day, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_amounts (
    day      TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount   TEXT NOT NULL,
    PRIMARY KEY (day, currency)
) STRICT, WITHOUT ROWID;

-- Counters. In these three tables, the current values of a row are in force when its run is that of a published day, or 0 (written outside
-- of a run). Otherwise its previous values are in force (null: no row), so an abandoned run has no effect.
CREATE TABLE item_counters (
    meter        TEXT    NOT NULL,
    period       TEXT    NOT NULL CHECK (period IN ('lifetime', 'year', 'month', 'week', 'day')),
    period_start TEXT    NOT NULL,
    item_id      TEXT    NOT NULL,
    quantity     INTEGER NOT NULL,
    run_id       INTEGER NOT NULL,
    previous     INTEGER,
    PRIMARY KEY (meter, period, period_start, item_id)
) STRICT, WITHOUT ROWID;

-- The units that a version of a volume table has priced for a payee.
CREATE TABLE volume_units (
    meter          TEXT    NOT NULL,
    item_id        TEXT    NOT NULL,
    rate_scope     TEXT    NOT NULL,
    rate_version   TEXT    NOT NULL,
    period_start   TEXT    NOT NULL,
    payee_id       TEXT    NOT NULL,
    units          INTEGER NOT NULL,
    exact_amount   TEXT    NOT NULL,
    run_id         INTEGER NOT NULL,
    previous_units INTEGER,
    previous_exact TEXT,
    PRIMARY KEY (meter, item_id, rate_scope, rate_version, period_start, payee_id)
) STRICT, WITHOUT ROWID;

-- Exact sums of the lines of meters that round cumulatively.
CREATE TABLE rounding_sums (
    meter          TEXT    NOT NULL,
    item_id        TEXT    NOT NULL,
    payee_id       TEXT    NOT NULL,
    currency       TEXT    NOT NULL,
    exact_amount   TEXT    NOT NULL,
    run_id         INTEGER NOT NULL,
    previous_exact TEXT,
    PRIMARY KEY (meter, item_id, payee_id, currency)
) STRICT, WITHOUT ROWID;

-- Totals of the three tables at the last publication. name: a period, 'rounding CURRENCY' or 'volume SCOPE VERSION'.
CREATE TABLE counter_totals (
    meter        TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    period_start TEXT    NOT NULL,  -- '' when name is no period
    row_count    INTEGER NOT NULL,
    total        TEXT    NOT NULL,
    PRIMARY KEY (meter, name, period_start)
) STRICT, WITHOUT ROWID;

-- The counter periods of each meter.
CREATE TABLE counter_periods (
    meter  TEXT NOT NULL,
    period TEXT NOT NULL,
    PRIMARY KEY (meter, period)
) STRICT, WITHOUT ROWID;

-- Opening counts, imported from the system that this one replaces.
CREATE TABLE opening_counters (
    meter       TEXT    NOT NULL,
    item_id     TEXT    NOT NULL,
    quantity    INTEGER NOT NULL,
    imported_by TEXT    NOT NULL,
    imported_at INTEGER NOT NULL,
    PRIMARY KEY (meter, item_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rankings (
    run_id   INTEGER NOT NULL,
    period   TEXT    NOT NULL CHECK (period IN ('day', 'week', 'month')),
    meter    TEXT    NOT NULL,
    place    INTEGER NOT NULL,
    item_id  TEXT    NOT NULL,
    payee_id TEXT    NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (run_id, period, meter, place)
) STRICT, WITHOUT ROWID;

-- The current estimate: the open days, each with the run id of its rows in settlement_lines and quarantined_usage, which is below 0 and no
-- day's. A day that has been published since is ignored.
CREATE TABLE estimates (
    day    TEXT    PRIMARY KEY,
    run_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last refresh of the estimate, in one row.
CREATE TABLE estimate_refreshes (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    refresh INTEGER NOT NULL,
    run_id  INTEGER NOT NULL,  -- the run that computed the current estimate; 0 when there is none yet
    as_of   INTEGER NOT NULL
) STRICT;

-- The rate versions and the sources of published days. Both are immutable. A close records its versions when it starts, with is_priced = 0.
CREATE TABLE rate_versions (
    meter          TEXT    NOT NULL,
    scope          TEXT    NOT NULL,
    version        TEXT    NOT NULL,
    first_day      TEXT    NOT NULL,
    definition     TEXT    NOT NULL,
    in_force_from  TEXT    NOT NULL,
    is_superseding INTEGER NOT NULL,
    is_priced      INTEGER NOT NULL DEFAULT 1 CHECK (is_priced IN (0, 1)),
    PRIMARY KEY (meter, scope, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE recorded_sources (
    source       TEXT NOT NULL,
    meter        TEXT NOT NULL,
    first_day    TEXT NOT NULL,
    definition   TEXT NOT NULL,
    counted_from TEXT NOT NULL,
    PRIMARY KEY (source, meter, first_day)
) STRICT, WITHOUT ROWID;

-- The state of the sources with which a day was last reconciled without a difference.
CREATE TABLE source_states (
    usage_date TEXT NOT NULL PRIMARY KEY,
    state      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Differences between published days and their sources that were posted or accepted. posting_date is null for an accepted difference.
CREATE TABLE adjustments (
    adjustment_id INTEGER PRIMARY KEY,
    usage_date    TEXT    NOT NULL,
    posting_date  TEXT,
    meter         TEXT    NOT NULL,
    item_id       TEXT    NOT NULL,
    payee_id      TEXT    NOT NULL,
    quantity      INTEGER NOT NULL,
    events        INTEGER NOT NULL,
    reason        TEXT    NOT NULL,
    decided_by    TEXT
) STRICT;

CREATE INDEX adjustments_by_usage_date ON adjustments (usage_date);
CREATE INDEX adjustments_by_posting_date ON adjustments (posting_date) WHERE posting_date IS NOT NULL;

-- Corrections that a second person approves.
CREATE TABLE proposals (
    proposal_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT    NOT NULL
        CHECK (kind IN ('exclusion', 'reinstatement', 'restatement', 'publication', 'trial', 'rate-version')),
    state        TEXT    NOT NULL CHECK (state IN ('proposed', 'approved', 'done', 'withdrawn')),
    content      TEXT    NOT NULL,  -- JSON
    hash         TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    proposed_by  TEXT    NOT NULL,
    proposed_at  INTEGER NOT NULL,
    approved_by  TEXT,
    approved_at  INTEGER,
    posting_date TEXT
) STRICT;

-- The differences that a restatement posts, one for each line that it corrects. Old and new price are null when only the quantity changed.
CREATE TABLE restatement_entries (
    proposal_id INTEGER NOT NULL,
    entry       INTEGER NOT NULL,
    meter       TEXT    NOT NULL,
    item_id     TEXT    NOT NULL,
    payee_id    TEXT    NOT NULL,
    usage_date  TEXT    NOT NULL,
    restates    TEXT    NOT NULL,
    quantity    INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    old_scope   TEXT,
    old_version TEXT,
    new_scope   TEXT,
    new_version TEXT,
    units       INTEGER,
    old_exact   TEXT,
    new_exact   TEXT,
    old_amount  TEXT,
    new_amount  TEXT,
    PRIMARY KEY (proposal_id, entry)
) STRICT, WITHOUT ROWID;

CREATE INDEX restatement_entries_by_item ON restatement_entries (proposal_id, meter, item_id);

-- Sums of application tables that exclusions remove and reinstatements restore.
CREATE TABLE exclusion_entries (
    proposal_id INTEGER NOT NULL,
    usage_date  TEXT    NOT NULL,
    meter       TEXT    NOT NULL,
    item_id     TEXT    NOT NULL,
    payee_id    TEXT    NOT NULL,
    quantity    INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    PRIMARY KEY (proposal_id, usage_date, meter, item_id, payee_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX exclusion_entries_by_usage_date ON exclusion_entries (usage_date);

-- Excluded events of the library's table, each with the event that reverses it.
CREATE TABLE excluded_events (
    event_id           BLOB    PRIMARY KEY CHECK (length(event_id) = 16),
    exclusion_event_id BLOB    NOT NULL CHECK (length(exclusion_event_id) = 16),
    proposal_id        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX excluded_events_by_exclusion ON excluded_events (exclusion_event_id);
CREATE INDEX excluded_events_by_proposal ON excluded_events (proposal_id);

CREATE TABLE pipeline_runs (
    run_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline    TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('running', 'stopped', 'failed', 'abandoned', 'completed')),
    owner       TEXT    NOT NULL,
    lease_until INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    failure     TEXT
) STRICT;

-- At most one run of a pipeline and key that is not abandoned: of two instances that start at the same time, one creates it.
CREATE UNIQUE INDEX pipeline_runs_once ON pipeline_runs (pipeline, key) WHERE state <> 'abandoned';

CREATE TABLE pipeline_steps (
    run_id INTEGER NOT NULL,
    step   INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE pipeline_chunks (
    run_id      INTEGER NOT NULL,
    step        INTEGER NOT NULL,
    chunk       INTEGER NOT NULL,
    bounds      TEXT    NOT NULL,
    done        INTEGER NOT NULL,
    rows        INTEGER NOT NULL,
    owner       TEXT,
    fencing_token INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    PRIMARY KEY (run_id, step, chunk)
) STRICT, WITHOUT ROWID;

-- Incidents of a run: retries, chunks claimed by another instance, failures.
CREATE TABLE pipeline_incidents (
    incident_id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id      INTEGER NOT NULL,
    noted_at    INTEGER NOT NULL,
    step        TEXT,
    chunk       INTEGER,
    reason      TEXT    NOT NULL
) STRICT;

CREATE INDEX pipeline_incidents_by_run ON pipeline_incidents (run_id, incident_id);
