using System.Globalization;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Day partitions of the library's event table, for those who want to get rid of old events at once: optional, and made by the first call of
/// <see cref="AddAsync"/>. Thread-safe; call it from one host at a time.
/// </summary>
/// <remarks>
/// A unique index of a partitioned table has to hold the instant, so the ids are then kept in a table of their own, <c>event_ids</c>. Loading
/// writes both, and ids stay when their events are dropped: an event that was counted once never counts again.
/// </remarks>
public sealed class EventPartitions
{
    /// <summary>The most days that can have a partition: 8,000 (the servers' own limit is 8,192 partitions).</summary>
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

    /// <summary>The days that have a partition of their own.</summary>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The days, oldest first; none when the table is not partitioned.</returns>
    public async Task<IReadOnlyList<DateOnly>> ListAsync(CancellationToken cancellationToken = default) =>
        [.. await _table.ListAsync(cancellationToken).ConfigureAwait(false) ?? []];

    /// <summary>
    /// Adds partitions for coming days. The first call partitions the table, which copies it once and holds up writers meanwhile; later calls are
    /// quick while no event of the new days is stored. Events before the first day and after the last one have a partition for all of them.
    /// </summary>
    /// <param name="days">The days, both ends included: those that have one already are passed over, and none is left out between.</param>
    /// <param name="cancellationToken">Stops before the next statement; calling it again goes on.</param>
    /// <returns>The days that were added now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There would be more than <see cref="DaysMax"/> days.</exception>
    public async Task<IReadOnlyList<DateOnly>> AddAsync(DateRange days, CancellationToken cancellationToken = default)
    {
        var present = await _table.ListAsync(cancellationToken).ConfigureAwait(false);
        var first = present is [.., var last] ? last.AddDays(1) : days.First;
        var count = Math.Max(0, days.Last.DayNumber - first.DayNumber + 1);
        if ((present?.Count ?? 0) + count > DaysMax)
        {
            throw new ArgumentOutOfRangeException(nameof(days), days, string.Create(
                CultureInfo.InvariantCulture, $"{days} would make more than {DaysMax} days with a partition; add fewer, or drop old ones first."));
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
    /// Verifies the days before a day that have a partition (see <see cref="Verifier"/>) and, when what was published is what their events come
    /// to, drops the partitions. What is published stays; the days can't be verified again.
    /// </summary>
    /// <param name="before">The first day that is kept.</param>
    /// <param name="progress">Told after each day that is verified.</param>
    /// <param name="cancellationToken">Stops before the first partition is dropped.</param>
    /// <returns>The days whose events were dropped.</returns>
    /// <exception cref="InvalidOperationException">
    /// A day is not published, differs from its events, or holds late events that a day from <paramref name="before"/> on counts. Nothing is
    /// dropped then.
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
                $"The events of {days} can't be dropped: {report.DifferencesCount} published values differ from what they come to, the first on "
                + $"{first.Day:O} for item '{first.ItemId}' of meter '{first.Meter}'. Run verify and mend it first."));
        }

        await _table.DropAsync(
            dropped, _calendar.RangeOf(dropped[^1]).End,
            (connection, transaction) => DroppedEvents.MarkAsync(connection, transaction, dropped[0], dropped[^1], _clock.GetUtcNow()), cancellationToken)
            .ConfigureAwait(false);
        return dropped;
    }

    private async Task RefuseUnfinishedAsync(DateRange days, CancellationToken cancellationToken)
    {
        var published = (await _days.ListPublishedAsync(days, cancellationToken).ConfigureAwait(false)).Select(d => d.Day).ToHashSet();

        // Days before the first that was ever closed are counted by it.
        var firstEver = await _days.ListPublishedAsync(new DateRange(BusinessCalendar.FirstDay, days.Last), cancellationToken).ConfigureAwait(false);
        foreach (var day in days.Each())
        {
            if (!published.Contains(day) && !(firstEver.Count > 0 && day < firstEver[0].Day))
                throw new InvalidOperationException($"The events of {day:O} can't be dropped: the day is not published. Close it first, or drop fewer days.");
        }
    }
}
