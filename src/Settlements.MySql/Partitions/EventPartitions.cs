using System.Globalization;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Day partitions of the library's event table, by which old events can be dropped quickly. Optional: the table is partitioned by the first
/// call of <see cref="AddAsync"/>. Thread-safe; call it from one instance at a time.
/// </summary>
/// <remarks>
/// A unique index of a partitioned table must include the instant, so the ids are then stored in a separate table, <c>event_ids</c>.
/// Loading writes both tables, and ids are kept when their events are dropped, so that no event is counted twice.
/// </remarks>
public sealed class EventPartitions
{
    /// <summary>The maximum number of days with a partition: 8,000 (the servers' limit is 8,192 partitions).</summary>
    public const int DaysMax = 8_000;

    private readonly PartitionTable _table;
    private readonly IDayStore _days;
    private readonly Verifier _verifier;
    private readonly BusinessCalendar _calendar;
    private readonly TimeProvider _clock;

    internal EventPartitions(MySqlDatabase database, IDayStore days, Verifier verifier, SettlementPlan plan, TimeProvider clock)
    {
        _table = new PartitionTable(database);
        _clock = clock;
        _days = days;
        _verifier = verifier;
        _calendar = plan.Calendar;
    }

    /// <summary>Returns the days that have a partition.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The days, oldest first; empty if the table is not partitioned.</returns>
    public async Task<IReadOnlyList<DateOnly>> ListAsync(CancellationToken cancellationToken = default) =>
        [.. await _table.ListAsync(cancellationToken).ConfigureAwait(false) ?? []];

    /// <summary>
    /// Adds partitions for future days. The first call partitions the table, which copies it once and blocks writers meanwhile; later calls
    /// are fast while no event of the new days is stored. Events before the first day share a partition, and so do those after the last
    /// day.
    /// </summary>
    /// <param name="days">The days, both ends included; days that have a partition are skipped, and gaps before the first day are
    /// filled.</param>
    /// <param name="cancellationToken">Cancels before the next statement; calling it again continues.</param>
    /// <returns>The days that were added.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There would be more than <see cref="DaysMax"/> days.</exception>
    public async Task<IReadOnlyList<DateOnly>> AddAsync(DateRange days, CancellationToken cancellationToken = default)
    {
        var present = await _table.ListAsync(cancellationToken).ConfigureAwait(false);
        var first = present is [.., var last] ? last.AddDays(1) : days.First;
        var count = Math.Max(0, days.Last.DayNumber - first.DayNumber + 1);
        if ((present?.Count ?? 0) + count > DaysMax)
        {
            throw new ArgumentOutOfRangeException(nameof(days), days, string.Create(
                CultureInfo.InvariantCulture,
                $"{days} would exceed the maximum of {DaysMax} days with a partition; add fewer, or drop old ones first."));
        }

        if (present is null)
            await _table.UseEventIdTableAsync(cancellationToken).ConfigureAwait(false);
        if (count == 0)
            return [];
        var added = new DateRange(first, days.Last).Each().ToList();
        await _table.AddAsync([.. added.Select(day => (day, _calendar.RangeOf(day)))], present is null or [], cancellationToken)
            .ConfigureAwait(false);
        return added;
    }

    /// <summary>
    /// Verifies the days with a partition before a given day (see <see cref="Verifier"/>) and, if their published lines match their events,
    /// drops the partitions. Published lines are kept; the days can't be verified again.
    /// </summary>
    /// <param name="before">The first day whose events are kept.</param>
    /// <param name="progress">Receives the progress after each verified day; null for none.</param>
    /// <param name="cancellationToken">Cancels before the first partition is dropped.</param>
    /// <returns>The days whose events were dropped.</returns>
    /// <exception cref="InvalidOperationException">
    /// A day is not published, differs from its events, or has late events that are posted to <paramref name="before"/> or a later day.
    /// Nothing is dropped.
    /// </exception>
    public async Task<IReadOnlyList<DateOnly>> DropAsync(
        DateOnly before, IProgress<VerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var dropped = (await ListAsync(cancellationToken).ConfigureAwait(false)).Where(day => day < before).ToList();
        if (dropped.Count == 0)
        {
            await _table.FinishDropAsync(_calendar.RangeOf(before).Start, cancellationToken).ConfigureAwait(false);
            return [];
        }

        var days = new DateRange(dropped[0], dropped[^1]);
        await RefuseUnfinishedAsync(days, cancellationToken).ConfigureAwait(false);
        var report = await _verifier.VerifyAsync(days, progress, cancellationToken).ConfigureAwait(false);
        if (!report.IsClean)
        {
            var first = report.Differences[0];
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The events of {days} can't be dropped: {report.DifferencesCount} published values differ from the events, the first on "
                + $"{first.Day:O} for item '{first.ItemId}' of meter '{first.Meter}'. Run verify, and resolve the differences first."));
        }

        await _table.DropAsync(
            dropped, _calendar.RangeOf(dropped[^1]).End,
            (connection, transaction) => DroppedEvents.MarkAsync(connection, transaction, dropped[0], dropped[^1], _clock.GetUtcNow()),
            cancellationToken)
            .ConfigureAwait(false);
        return dropped;
    }

    private async Task RefuseUnfinishedAsync(DateRange days, CancellationToken cancellationToken)
    {
        var published = (await _days.ListPublishedAsync(days, cancellationToken).ConfigureAwait(false)).Select(d => d.Day).ToHashSet();

        // Events of days before the first closed day are posted to it.
        var firstEver = await _days.ListPublishedAsync(new DateRange(BusinessCalendar.FirstDay, days.Last), cancellationToken)
            .ConfigureAwait(false);
        foreach (var day in days.Each())
        {
            if (!published.Contains(day) && !(firstEver.Count > 0 && day < firstEver[0].Day))
                throw new InvalidOperationException(
                    $"The events of {day:O} can't be dropped: the day is not published. Close it first, or drop fewer days.");
        }
    }
}
