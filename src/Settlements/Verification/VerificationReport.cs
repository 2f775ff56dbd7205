using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>The result of a verification.</summary>
/// <param name="Days">Published days that were computed again.</param>
/// <param name="Lines">Lines that were compared.</param>
/// <param name="DifferencesCount">How many differences there are.</param>
/// <param name="Differences">The first <see cref="DifferencesMax"/> of them, in the order of the lines.</param>
public sealed record VerificationReport(int Days, long Lines, long DifferencesCount, IReadOnlyList<VerificationDifference> Differences)
{
    /// <summary>The most differences that a report lists: 1,000.</summary>
    public const int DifferencesMax = 1_000;

    /// <summary>Whether what was published is what the usage comes to.</summary>
    public bool IsClean => DifferencesCount == 0;

    internal sealed class Builder
    {
        private readonly List<VerificationDifference> _differences = [];
        private long _count;
        private long _lines;

        public int Days { get; set; }

        public void Compare(IReadOnlyList<SettlementLine> published, IReadOnlyList<SettlementLine> computed)
        {
            _lines += Math.Max(published.Count, computed.Count);
            for (int i = 0, j = 0; i < published.Count || j < computed.Count;)
            {
                var order = i == published.Count ? 1 : j == computed.Count ? -1 : LineOrder.CompareReading(published[i], computed[j]);
                var a = order <= 0 ? published[i++] : null;
                var b = order >= 0 ? computed[j++] : null;
                Compare((a ?? b)!, a, b);
            }
        }

        public void CompareQuarantined(DateOnly day, IReadOnlyList<QuarantinedUsage> published, IReadOnlyList<QuarantinedUsage> computed)
        {
            var there = published.ToDictionary(q => (q.Meter, q.ItemId, q.PayeeId, q.UsageDate));
            var expected = computed.ToDictionary(q => (q.Meter, q.ItemId, q.PayeeId, q.UsageDate));
            foreach (var key in there.Keys.Union(expected.Keys))
            {
                Add(day, key.Meter, key.ItemId, key.PayeeId, "quarantined quantity",
                    there.GetValueOrDefault(key)?.Quantity, expected.GetValueOrDefault(key)?.Quantity);
            }
        }

        public void CompareTotals(DateOnly day, IReadOnlyList<DayTotal> recorded, IReadOnlyList<SettlementLine> lines)
        {
            var there = lines.GroupBy(l => l.Meter, StringComparer.Ordinal).ToDictionary(
                m => m.Key, m => (Lines: m.LongCount(), Events: m.Sum(l => (decimal)l.Events), Quantity: m.Sum(l => (decimal)l.Quantity)), StringComparer.Ordinal);
            foreach (var meter in there.Keys.Union(recorded.Select(r => r.Meter), StringComparer.Ordinal).Order(Utf8Order.Instance))
            {
                var total = recorded.FirstOrDefault(r => r.Meter == meter);
                var now = there.GetValueOrDefault(meter);
                Add(day, meter, "", "", "number of lines when it was published", (long?)now.Lines, total?.Lines);
                Add(day, meter, "", "", "events when it was published", (decimal?)now.Events, total?.Events);
                Add(day, meter, "", "", "quantity when it was published", (decimal?)now.Quantity, total?.Quantity);
            }
        }

        public void CompareAmounts(DateOnly day, IReadOnlyList<DayAmount> recorded, IReadOnlyList<SettlementLine> lines)
        {
            var there = lines.Where(l => l.Price is not null).GroupBy(l => l.Price!.Currency.Code, StringComparer.Ordinal)
                .ToDictionary(c => c.Key, c => c.Sum(l => l.Amount), StringComparer.Ordinal);
            foreach (var currency in there.Keys.Union(recorded.Select(r => r.Currency), StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                Add(day, "", "", "", $"amount when it was published, in {currency}", there.TryGetValue(currency, out var now) ? (decimal?)now : null,
                    recorded.FirstOrDefault(r => r.Currency == currency)?.Amount);
            }
        }

        public void CompareRanking(DateOnly day, CalendarPeriod period, string meter, IReadOnlyList<RankedItem> kept, IReadOnlyList<RankedItem> computed)
        {
            for (var i = 0; i < Math.Max(kept.Count, computed.Count); i++)
            {
                var item = (i < computed.Count ? computed[i] : kept[i]).ItemId;
                Add(day, meter, item, "", Invariant($"rank {i + 1} of the {period.ToString().ToLowerInvariant()}"), Text(kept, i), Text(computed, i));
            }

            static string? Text(IReadOnlyList<RankedItem> items, int i) =>
                i < items.Count ? Invariant($"{items[i].ItemId} of {items[i].PayeeId}: {items[i].Quantity}") : null;
        }

        public void CompareCounter(DateOnly day, CounterInstance instance, string itemId, long? stored, long computed) =>
            Add(day, instance.Meter, itemId, "", Name(instance), stored, (long?)computed);

        public void CompareVolume(DateOnly day, VolumeKey key, VolumeSum? stored, VolumeSum computed) =>
            Add(day, key.Meter, key.ItemId, key.PayeeId, Invariant($"volume units of {key.RateVersion} from {key.PeriodStart:O}"), Text(stored), Text(computed));

        public void CompareRounding(DateOnly day, RoundingKey key, decimal? stored, decimal computed) =>
            Add(day, key.Meter, key.ItemId, key.PayeeId, $"exact sum in {key.Currency}", stored, (decimal?)computed);

        public void AddCounters(DateOnly day, CounterInstance instance, long stored, long computed) =>
            Add(day, instance.Meter, "", "", $"number of counters, {Name(instance)}", stored, computed);

        public void AddEarlierRows(DateOnly day, Stores.IUsageSource source) => Add(
            day, string.Join(", ", source.Meters.Select(m => m.Meter)), "", "",
            $"rows of source '{source.Name}' from before the first published day",
            "counted by no day", null);

        public VerificationReport Build() => new(Days, _lines, _count, _differences);

        private void Compare(SettlementLine at, SettlementLine? a, SettlementLine? b)
        {
            Note("quantity", a?.Quantity, b?.Quantity);
            Note("events", a?.Events, b?.Events);
            Note("counter_before", a?.Price?.CounterBefore, b?.Price?.CounterBefore);
            Note("counter_after", a?.Price?.CounterAfter, b?.Price?.CounterAfter);
            Note("rate_version", RateText(a), RateText(b));
            Note("exact_amount", a?.Price?.ExactAmount, b?.Price?.ExactAmount);
            Note("amount", a?.Price?.Amount, b?.Price?.Amount);
            Note("currency", CurrencyText(a), CurrencyText(b));

            void Note<TValue>(string what, TValue published, TValue computed) => Add(
                at.PostingDate, at.Meter, at.ItemId, at.PayeeId,
                at.Kind == LineKind.Usage && at.UsageDate == at.PostingDate ? what : Invariant($"{what} of the {at.Kind.Name()} of {at.UsageDate:O}"),
                published, computed);
        }

        private void Add<TValue>(DateOnly day, string meter, string itemId, string payeeId, string what, TValue published, TValue computed)
        {
            if (EqualityComparer<TValue>.Default.Equals(published, computed) || _count++ >= DifferencesMax)
                return;
            _differences.Add(new VerificationDifference(day, meter, itemId, payeeId, what, AsText(published), AsText(computed)));
        }

        private static string Name(CounterInstance instance) => Invariant($"counter over {instance.Period.ToString().ToLowerInvariant()} from {instance.Start:O}");

        private static string? Text(VolumeSum? sum) => sum is { } one ? Invariant($"{one.Units} units, {one.ExactAmount:0.######}") : null;

        private static string? RateText(SettlementLine? line) => line?.Price is { } price ? $"{price.RateScope} {price.RateVersion}".TrimStart() : null;

        private static string? CurrencyText(SettlementLine? line) =>
            line?.Price is { } price ? Invariant($"{price.Currency.Code} ({price.Currency.MinorUnitDigits} decimals)") : null;

        private static string? AsText<TValue>(TValue value) => value is null ? null : string.Create(CultureInfo.InvariantCulture, $"{value}");

        private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
    }
}

/// <summary>One difference.</summary>
/// <param name="Day">The posting date.</param>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item; empty where it concerns the meter.</param>
/// <param name="PayeeId">The payee; empty where it concerns the item.</param>
/// <param name="What">What differs, by the name of its column.</param>
/// <param name="Published">What was published; null when nothing was.</param>
/// <param name="Computed">What the usage comes to now; null when it comes to nothing.</param>
public sealed record VerificationDifference(
    DateOnly Day, string Meter, string ItemId, string PayeeId, string What, string? Published, string? Computed);

/// <summary>The progress of a verification.</summary>
/// <param name="Day">The day that was just done.</param>
/// <param name="DayNumber">Its number, from 1.</param>
/// <param name="Days">How many days are read.</param>
public readonly record struct VerificationProgress(DateOnly Day, int DayNumber, int Days);
