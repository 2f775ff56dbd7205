using System.Globalization;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.DailyTotals;

namespace Settlement.Verification;

/// <summary>
/// Finds events that came into closed days, however they came: into a host's own table after the grace, by a transaction that committed late, by
/// hand. They are counted by the first open day, under their own day. Thread-safe; several hosts may do it at once.
/// </summary>
/// <remarks>
/// A closed day's events are summed again and compared with what was published and found before. A total with more events than that got some:
/// the difference is counted. A total with as many or fewer that differs was changed, or events were deleted from it: that is reported, and not
/// counted. When both happen to the same item and payee on the same day, they can't be told apart, and their sum is counted.
/// </remarks>
public sealed class Reconciler
{
    /// <summary>How often a day is computed again because another host adjusted it meanwhile.</summary>
    private const int AttemptsMax = 10;

    private readonly IDayStore _days;
    private readonly DayEvents _events;
    private readonly IAdjustmentStore _adjustments;

    internal Reconciler(IDayStore days, DayEvents events, IAdjustmentStore adjustments)
    {
        _days = days;
        _events = events;
        _adjustments = adjustments;
    }

    /// <summary>Looks through published days and counts what came into them since they were closed.</summary>
    /// <param name="days">Both ends included; days that are not published, or whose events were dropped, are passed over.</param>
    /// <param name="progress">Told after each day, from any thread.</param>
    /// <param name="cancellationToken">Stops; what was found in the days that are done is counted.</param>
    /// <returns>What was found and counted, and what was changed and is not.</returns>
    public async Task<ReconciliationReport> ReconcileAsync(
        DateRange days, IProgress<VerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var published = (await _days.ListPublishedAsync(days, cancellationToken).ConfigureAwait(false)).Where(d => d.HasEvents).ToList();
        var report = new ReconciliationReport.Builder();
        for (var i = 0; i < published.Count; i++)
        {
            await ReconcileAsync(published[i].Day, report, cancellationToken).ConfigureAwait(false);
            progress?.Report(new VerificationProgress(published[i].Day, i + 1, published.Count));
        }

        return report.Build(published.Count);
    }

    private async Task ReconcileAsync(DateOnly day, ReconciliationReport.Builder report, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (revision, before) = await _adjustments.ListOfAsync(day, cancellationToken).ConfigureAwait(false);
            var sums = new Dictionary<Key, Sums>();
            foreach (var total in await _events.PublishedAsync(day, cancellationToken).ConfigureAwait(false))
                SumsOf(sums, Key.Of(total)).Publish(total);
            foreach (var one in before)
                SumsOf(sums, new Key(one.Meter, one.ItemId, one.PayeeId)).Know(one.Quantity, one.Events);
            foreach (var total in await _events.SumAsync(day, cancellationToken).ConfigureAwait(false))
                SumsOf(sums, Key.Of(total)).See(total);

            var differing = sums.Where(s => s.Value.Quantity != 0 || s.Value.Events != 0).OrderBy(s => s.Key).ToList();
            var found = differing.Where(d => d.Value.HasCome)
                .Select(d => new Adjustment(day, default, d.Key.Meter, d.Key.ItemId, d.Key.PayeeId, d.Value.Quantity, d.Value.Events)).ToList();
            var countedOn = found.Count == 0 ? day : await _adjustments.AddAsync(day, revision, found, cancellationToken).ConfigureAwait(false);
            if (countedOn is null && attempt < AttemptsMax)
                continue;

            report.Found(found.Select(one => one with
            {
                CountedOn = countedOn ?? throw new InvalidOperationException(
                    FormattableString.Invariant($"Day {day:O} was adjusted by others {AttemptsMax} times while it was reconciled. Reconcile it from one host.")),
            }));
            foreach (var (key, change) in differing.Where(d => !d.Value.HasCome))
                report.Changed(day, key.Meter, key.ItemId, key.PayeeId, change.KnownText, change.NowText);
            return;
        }
    }

    private static Sums SumsOf(Dictionary<Key, Sums> sums, Key key)
    {
        if (!sums.TryGetValue(key, out var found))
            sums.Add(key, found = new Sums());
        return found;
    }

    /// <summary>A total without the part that came from other days.</summary>
    private static (long Quantity, long Events) OnTime(DailyTotal total) =>
        (total.Quantity - total.LateTotal, total.Events - total.Late.Sum(late => late.Events));

    private readonly record struct Key(string Meter, string ItemId, string PayeeId) : IComparable<Key>
    {
        public static Key Of(DailyTotal total) => new(total.Meter, total.ItemId, total.PayeeId);

        public int CompareTo(Key other)
        {
            var order = Utf8Order.Instance.Compare(Meter, other.Meter);
            if (order == 0)
                order = Utf8Order.Instance.Compare(ItemId, other.ItemId);
            return order == 0 ? Utf8Order.Instance.Compare(PayeeId, other.PayeeId) : order;
        }
    }

    /// <summary>What is known of a total's own day, and what there is now.</summary>
    private sealed class Sums
    {
        private (long Quantity, long Events) _known;
        private (long Quantity, long Events) _now;
        private bool _isUncounted;

        public long Quantity => _now.Quantity - _known.Quantity;

        public long Events => _now.Events - _known.Events;

        /// <summary>More events than are known, where that is known.</summary>
        public bool HasCome => Events > 0 && !_isUncounted;

        public string KnownText => Text(_known);

        public string NowText => Text(_now);

        public void Publish(DailyTotal total)
        {
            _known = OnTime(total);
            _isUncounted = total.Events == 0;
        }

        public void Know(long quantity, long events) => _known = (_known.Quantity + quantity, _known.Events + events);

        public void See(DailyTotal total) => _now = OnTime(total);

        private static string Text((long Quantity, long Events) sum) =>
            string.Create(CultureInfo.InvariantCulture, $"{sum.Quantity} in {sum.Events} events");
    }
}
