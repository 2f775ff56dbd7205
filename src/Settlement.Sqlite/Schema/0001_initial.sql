-- Instants are whole microseconds since 1970-01-01T00:00:00Z. Days are ISO dates. Texts compare by bytes (BINARY is SQLite's default).

-- The library's own events. The key makes a day one contiguous range.
CREATE TABLE billable_events (
    occurred_at INTEGER NOT NULL,
    event_id    BLOB    NOT NULL CHECK (length(event_id) = 16),
    meter       TEXT    NOT NULL,
    item_id     TEXT    NOT NULL,
    payee_id    TEXT    NOT NULL,
    quantity    INTEGER NOT NULL,
    counted_on  TEXT,             -- the day that counts it when its own was closed before it came; null for its own day
    reason      TEXT,             -- null when absent
    reference   TEXT,             -- an order or a ticket; null when absent
    PRIMARY KEY (occurred_at, event_id)
) STRICT, WITHOUT ROWID;

-- An id is counted once, whatever instant it comes with.
CREATE UNIQUE INDEX billable_events_by_id ON billable_events (event_id);
CREATE INDEX billable_events_late ON billable_events (counted_on, occurred_at, event_id) WHERE counted_on IS NOT NULL;

-- The events that have a reason or a reference, by the line that counts them: few, so that the many pay for no index.
CREATE TABLE event_notes (
    meter       TEXT    NOT NULL,
    item_id     TEXT    NOT NULL,
    occurred_at INTEGER NOT NULL,
    event_id    BLOB    NOT NULL,
    PRIMARY KEY (meter, item_id, occurred_at, event_id)
) STRICT, WITHOUT ROWID;

-- Days that are not open. Published: readers follow run_id to the rows that count.
CREATE TABLE business_days (
    day          TEXT    PRIMARY KEY,
    state        TEXT    NOT NULL CHECK (state IN ('closing', 'published')),
    ends_at      INTEGER NOT NULL,
    calendar     TEXT    NOT NULL,
    run_id       INTEGER,
    published_at INTEGER,
    CHECK ((state = 'published') = (run_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Sums of a chunk; gone when the day is published. own_day is a day number for late units, 0 for others.
CREATE TABLE partial_totals (
    run_id   INTEGER NOT NULL,
    meter    TEXT    NOT NULL,
    item_id  TEXT    NOT NULL,
    payee_id TEXT    NOT NULL,
    own_day  INTEGER NOT NULL,
    chunk    INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (run_id, meter, item_id, payee_id, own_day, chunk)
) STRICT, WITHOUT ROWID;

CREATE TABLE daily_totals (
    run_id   INTEGER NOT NULL,
    meter    TEXT    NOT NULL,
    item_id  TEXT    NOT NULL,
    payee_id TEXT    NOT NULL,
    quantity INTEGER NOT NULL,  -- late units included
    PRIMARY KEY (run_id, meter, item_id, payee_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX daily_totals_by_payee ON daily_totals (run_id, payee_id);

-- The late part of a total, by the day it belongs to.
CREATE TABLE late_totals (
    run_id   INTEGER NOT NULL,
    meter    TEXT    NOT NULL,
    item_id  TEXT    NOT NULL,
    payee_id TEXT    NOT NULL,
    own_day  TEXT    NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (run_id, meter, item_id, payee_id, own_day)
) STRICT, WITHOUT ROWID;

-- Amounts are exact decimals, as text.
CREATE TABLE priced_lines (
    run_id            INTEGER NOT NULL,
    meter             TEXT    NOT NULL,
    item_id           TEXT    NOT NULL,
    payee_id          TEXT    NOT NULL,
    quantity          INTEGER NOT NULL,
    cumulative_before INTEGER NOT NULL,
    cumulative_after  INTEGER NOT NULL,
    rate_scope        TEXT    NOT NULL,
    rate_version      TEXT    NOT NULL,
    exact_amount      TEXT    NOT NULL,
    amount            TEXT    NOT NULL,
    currency          TEXT    NOT NULL,
    currency_digits   INTEGER NOT NULL,
    PRIMARY KEY (run_id, meter, item_id, payee_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX priced_lines_by_payee ON priced_lines (run_id, payee_id);

-- Counts as of the end of `day`; `quantity` and the `earlier_` columns take that day back, so that doing it again gives the same. They are
-- null when the item had no events before.
CREATE TABLE item_counters (
    meter          TEXT    NOT NULL,
    item_id        TEXT    NOT NULL,
    run_id         INTEGER NOT NULL,
    day            TEXT    NOT NULL,
    payee_id       TEXT    NOT NULL,
    quantity       INTEGER NOT NULL,
    life           INTEGER NOT NULL,
    year           INTEGER NOT NULL,
    month          INTEGER NOT NULL,
    week           INTEGER NOT NULL,
    paid_exact     TEXT    NOT NULL,
    paid_amount    TEXT    NOT NULL,
    earlier_day    TEXT,
    earlier_payee  TEXT,
    earlier_exact  TEXT,
    earlier_amount TEXT,
    PRIMARY KEY (meter, item_id)
) STRICT, WITHOUT ROWID;

-- Rankings and repeated closes look at the items of a day, week or month, not at all that ever were.
CREATE INDEX item_counters_by_day ON item_counters (meter, day);

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

-- What priced published days: a version never changes once it has.
CREATE TABLE rate_versions (
    meter      TEXT NOT NULL,
    scope      TEXT NOT NULL,
    version    TEXT NOT NULL,
    first_day  TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (meter, scope, version)
) STRICT, WITHOUT ROWID;

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

-- One run of a pipeline and key that counts: of two hosts that start together, one makes it.
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
    epoch       INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    PRIMARY KEY (run_id, step, chunk)
) STRICT, WITHOUT ROWID;
