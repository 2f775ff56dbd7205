using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>The usage of one date that an exclusion matches: events of the library's table, and sums of applications' tables.</summary>
internal sealed record MatchedUsage(DateOnly UsageDate, IReadOnlyList<MatchedEvent> Events, IReadOnlyList<ExcludedUsage> Sums);

/// <summary>Finds the usage that a filter matches, day by day.</summary>
internal sealed class ExclusionMatcher(
    CloseStores stores, IEventStore eventStore, IExclusionStore exclusions, IExcludedUsage excludedUsage, CountedUsage totals)
{
    /// <summary>Finds the usage of a date that a filter matches.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="proposalId">The exclusion, which may have posted a part of the usage already; null for a new one.</param>
    /// <param name="day">The usage date.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="CorrectionRefusedException">Matched usage is excluded already, or the quantity exceeds the counted one.</exception>
    public async Task<MatchedUsage> FindAsync(
        Settings settings, UsageFilter filter, long? proposalId, DateOnly day, CancellationToken cancellationToken)
    {
        if (filter.Quantity is { } quantity)
            return new MatchedUsage(day, [], await QuantityAsync(settings, filter, quantity, proposalId, day, cancellationToken)
                .ConfigureAwait(false));

        var events = new List<MatchedEvent>();
        await foreach (var one in exclusions.MatchAsync(settings.Calendar.RangeOf(day), filter, cancellationToken).ConfigureAwait(false))
        {
            if (one.ExcludedBy is { } other && other != proposalId)
            {
                throw new CorrectionRefusedException(FormattableString.Invariant(
                    $"Event {one.EventId} of {day:O} is already excluded by exclusion {other}. ")
                        + "Narrow the filter, or reinstate that exclusion first.");
            }

            events.Add(one);
        }

        var sums = filter.SelectsEvents ? [] : await SumsAsync(settings, filter, proposalId, day, cancellationToken).ConfigureAwait(false);
        await ThrowIfMoreThanLeftAsync(settings, events, sums, proposalId, day, cancellationToken).ConfigureAwait(false);
        return new MatchedUsage(day, events, sums);
    }

    /// <summary>
    /// Throws if events would exceed the quantity that remains after earlier exclusions of a quantity, which can't be attributed to single
    /// events.
    /// </summary>
    private async Task ThrowIfMoreThanLeftAsync(
        Settings settings, List<MatchedEvent> events, List<ExcludedUsage> sums, long? proposalId, DateOnly day,
        CancellationToken cancellationToken)
    {
        var earlier = await EarlierAsync(day, proposalId, cancellationToken).ConfigureAwait(false);
        foreach (var some in events.GroupBy(e => (e.Meter, e.ItemId, e.PayeeId)).Where(e => earlier.GetValueOrDefault(e.Key) != 0))
        {
            var left = sums.Where(s => (s.Meter, s.ItemId, s.PayeeId) == some.Key).Sum(s => s.Quantity) - earlier[some.Key];
            var filter = new UsageFilter(new DateRange(day, day))
            {
                Meters = [some.Key.Meter], ItemIds = [some.Key.ItemId], PayeeIds = [some.Key.PayeeId],
            };
            await foreach (var one in exclusions.MatchAsync(settings.Calendar.RangeOf(day), filter, cancellationToken)
                .ConfigureAwait(false))
                left += one.ExcludedBy is null || one.ExcludedBy == proposalId ? one.Quantity : 0;
            if (some.Sum(e => e.Quantity) > left)
                throw AlreadyExcluded(new ExcludedUsage(day, some.Key.Meter, some.Key.ItemId, some.Key.PayeeId, 0, 0), earlier[some.Key]);
        }
    }

    private async Task<List<ExcludedUsage>> SumsAsync(
        Settings settings, UsageFilter filter, long? proposalId, DateOnly day, CancellationToken cancellationToken)
    {
        var read = new SumAccumulator();
        var (_, adjustments) = await stores.Adjustments.ListByUsageDateAsync(day, cancellationToken).ConfigureAwait(false);
        foreach (var source in settings.ConfiguredSourcesOn(day, BackfilledUsage.Of(adjustments)))
            await settings.Scales.SumAsync(source, null, read, cancellationToken).ConfigureAwait(false);
        read = settings.Scales.ToQuantities(read);

        var earlier = await EarlierAsync(day, proposalId, cancellationToken).ConfigureAwait(false);
        var found = new List<ExcludedUsage>();
        foreach (var position in read.Order())
        {
            var sum = read.Read(position);
            var one = new ExcludedUsage(
                day, Encoding.UTF8.GetString(sum.Meter), Encoding.UTF8.GetString(sum.ItemId), Encoding.UTF8.GetString(sum.PayeeId),
                (long)Int128.Clamp(sum.Quantity, long.MinValue, long.MaxValue), sum.Events);
            if (!filter.Matches(one.Meter, one.ItemId, one.PayeeId))
                continue;
            if (earlier.TryGetValue((one.Meter, one.ItemId, one.PayeeId), out var excluded) && excluded != 0)
                throw AlreadyExcluded(one, excluded);
            ThrowIfNotPublished(settings, one);
            found.Add(one);
        }

        return found;
    }

    /// <summary>Returns a quantity of one sum, for usage whose single rows can't be identified.</summary>
    private async Task<List<ExcludedUsage>> QuantityAsync(
        Settings settings, UsageFilter filter, long quantity, long? proposalId, DateOnly day, CancellationToken cancellationToken)
    {
        var counted = (await totals.ReadAsync(day, cancellationToken).ConfigureAwait(false))
            .Where(c => filter.Matches(c.Meter, c.ItemId, c.PayeeId)).ToList();
        if (counted.Count != 1 || filter.Days.Days != 1 || filter.SelectsEvents)
        {
            throw new CorrectionRefusedException(FormattableString.Invariant(
                $"The filter with a quantity covers {filter.Days.Days} days and matches {counted.Count} sums on {day:O}, ")
                + "and it has to match one sum. Use one day, meter, item and payee with counted usage, and neither event ids nor a "
                + "reference.");
        }

        var one = counted[0];
        var (posted, pending) = await ExcludedAsync(settings, one, proposalId, cancellationToken).ConfigureAwait(false);
        var left = one.Quantity + pending;
        if (quantity < 1 || quantity > left)
        {
            throw new CorrectionRefusedException(FormattableString.Invariant(
                $"{quantity} units of meter '{one.Meter}', item '{one.ItemId}', payee '{one.PayeeId}' on {day:O} can't be excluded: ")
                + FormattableString.Invariant($"{left} of {one.Quantity - posted} counted units remain. Exclude 1 to {left}."));
        }

        // The number of rows is unknown; each unit may be a separate row.
        return [new ExcludedUsage(one) { Quantity = quantity, Events = Math.Min(quantity, one.Events) }];
    }

    /// <summary>
    /// Returns the quantity of a sum that exclusions and reinstatements posted: counted by published days, and pending for an open day.
    /// </summary>
    private async Task<(long Posted, long Pending)> ExcludedAsync(
        Settings settings, ExcludedUsage sum, long? proposalId, CancellationToken cancellationToken)
    {
        var (posted, pending) = (0L, 0L);
        var notes = await eventStore.ListNotesAsync(
            sum.Meter, sum.ItemId, sum.PayeeId, settings.Calendar.RangeOf(sum.UsageDate), int.MaxValue, cancellationToken)
                .ConfigureAwait(false);
        foreach (var note in notes.Where(n => ExclusionStep.IsReference(n.Reference)
            && (proposalId is null || n.Reference != ExclusionStep.Reference(false, proposalId.Value))))
        {
            if ((note.PostingDate ?? sum.UsageDate) <= settings.LastPublished?.Day)
                posted += note.Quantity;
            else
                pending += note.Quantity;
        }

        return (posted, pending);
    }

    private async Task<Dictionary<(string, string, string), long>> EarlierAsync(
        DateOnly day, long? proposalId, CancellationToken cancellationToken)
    {
        var all = await excludedUsage.ListBySourcesAsync(day, cancellationToken).ConfigureAwait(false);
        var earlier = all.ToDictionary(e => (e.Meter, e.ItemId, e.PayeeId), e => e.Quantity);
        if (proposalId is { } id)
        {
            var entries = await exclusions.ListEntriesAsync(id, cancellationToken).ConfigureAwait(false);
            foreach (var entry in entries.Where(e => e.UsageDate == day))
            {
                var key = (entry.Meter, entry.ItemId, entry.PayeeId);
                earlier[key] = earlier.GetValueOrDefault(key) - entry.Quantity;
            }
        }

        return earlier;
    }

    /// <summary>
    /// Throws if the day is not published. Rows of an open day may still be deleted before the close, and their exclusion would subtract
    /// usage that was never counted.
    /// </summary>
    private static void ThrowIfNotPublished(Settings settings, ExcludedUsage one)
    {
        if (settings.LastPublished?.Day >= one.UsageDate)
            return;
        throw new CorrectionRefusedException(FormattableString.Invariant(
            $"Meter '{one.Meter}', item '{one.ItemId}', payee '{one.PayeeId}' has {one.Quantity} units in a source on {one.UsageDate:O}, ")
            + "which is not published, so they are not counted yet. Correct the rows of the source, or exclude them after the day is "
            + "closed.");
    }

    private static CorrectionRefusedException AlreadyExcluded(ExcludedUsage one, long excluded) => new(FormattableString.Invariant(
        $"{excluded} units of meter '{one.Meter}', item '{one.ItemId}', payee '{one.PayeeId}' on {one.UsageDate:O} are already excluded. ")
        + "Narrow the filter, or reinstate that exclusion first.");
}

/// <summary>Reads the counted usage of a usage date, from all posting dates.</summary>
internal sealed class CountedUsage(CloseStores stores)
{
    public async Task<IReadOnlyList<ExcludedUsage>> ReadAsync(DateOnly usageDate, CancellationToken cancellationToken)
    {
        var counted = new Dictionary<(string, string, string), (long Quantity, long Events)>();
        var days = await stores.Days.ListAsync(null, cancellationToken).ConfigureAwait(false);
        if (days.Count == 0 || days[^1].Day < usageDate)
            return [];
        var read = stores.Lines.ReadAsync(new DateRange(usageDate, days[^1].Day), new ItemFilter(), cancellationToken);
        await foreach (var line in read.ConfigureAwait(false))
        {
            if (line.UsageDate != usageDate)
                continue;
            var (quantity, events) = counted.GetValueOrDefault((line.Meter, line.ItemId, line.PayeeId));
            counted[(line.Meter, line.ItemId, line.PayeeId)] = (quantity + line.Quantity, events + line.Events);
        }

        return [.. counted.Select(c =>
            new ExcludedUsage(usageDate, c.Key.Item1, c.Key.Item2, c.Key.Item3, c.Value.Quantity, c.Value.Events))];
    }
}
