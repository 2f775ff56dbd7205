using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>The result of a verification.</summary>
public sealed class VerificationReport
{
    /// <summary>The maximum number of differences in a report: 1,000.</summary>
    internal const int DifferencesMax = 1_000;

    internal VerificationReport(int days, long lines, long differencesCount, IReadOnlyList<VerificationDifference> differences)
    {
        Days = days;
        Lines = lines;
        DifferencesCount = differencesCount;
        Differences = differences;
    }

    /// <summary>The number of published days that were recomputed.</summary>
    public int Days { get; }

    /// <summary>The number of lines that were compared.</summary>
    public long Lines { get; }

    /// <summary>The number of differences.</summary>
    public long DifferencesCount { get; }

    /// <summary>The first 1,000 differences, in the order of the lines.</summary>
    public IReadOnlyList<VerificationDifference> Differences { get; }

    /// <summary>Whether there are no differences.</summary>
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
            var stored = published.ToDictionary(q => (q.Meter, q.ItemId, q.PayeeId, q.UsageDate));
            var expected = computed.ToDictionary(q => (q.Meter, q.ItemId, q.PayeeId, q.UsageDate));
            foreach (var key in stored.Keys.Union(expected.Keys))
            {
                Add(day, key.Meter, key.ItemId, key.PayeeId, "quarantined quantity",
                    stored.GetValueOrDefault(key)?.Quantity, expected.GetValueOrDefault(key)?.Quantity);
            }
        }

        public void CompareTotals(DateOnly day, IReadOnlyList<DayTotal> recorded, IReadOnlyList<SettlementLine> lines)
        {
            var stored = lines.GroupBy(l => l.Meter, StringComparer.Ordinal).ToDictionary(
                m => m.Key, m => (Lines: m.LongCount(), Events: m.Sum(l => (decimal)l.Events), Quantity: m.Sum(l => (decimal)l.Quantity)),
                StringComparer.Ordinal);
            foreach (var meter in stored.Keys.Union(recorded.Select(r => r.Meter), StringComparer.Ordinal).Order(Utf8Order.Instance))
            {
                var total = recorded.FirstOrDefault(r => r.Meter == meter);
                var now = stored.GetValueOrDefault(meter);
                Add(day, meter, "", "", "number of lines recorded at publication", (long?)now.Lines, total?.Lines);
                Add(day, meter, "", "", "events recorded at publication", (decimal?)now.Events, total?.Events);
                Add(day, meter, "", "", "quantity recorded at publication", (decimal?)now.Quantity, total?.Quantity);
            }
        }

        public void CompareAmounts(DateOnly day, IReadOnlyList<DayAmount> recorded, IReadOnlyList<SettlementLine> lines)
        {
            var stored = lines.Where(l => l.Price is not null).GroupBy(l => l.Price!.Currency.Code, StringComparer.Ordinal)
                .ToDictionary(c => c.Key, c => c.Sum(l => l.Amount), StringComparer.Ordinal);
            foreach (var currency in stored.Keys.Union(recorded.Select(r => r.Currency), StringComparer.Ordinal)
                .Order(StringComparer.Ordinal))
            {
                Add(day, "", "", "", $"amount recorded at publication, in {currency}",
                    stored.TryGetValue(currency, out var now) ? (decimal?)now : null,
                    recorded.FirstOrDefault(r => r.Currency == currency)?.Amount);
            }
        }

        public void ComparePayees(DateOnly day, PayeeTotals stored, IReadOnlyList<SettlementLine> lines)
        {
            var now = new PayeeTotals();
            foreach (var line in lines)
                now.Add(line);
            var sums = stored.Each().ToDictionary(s => (s.PayeeId, s.Meter, s.Currency), s => (s.Quantity, s.Amount));
            foreach (var (payeeId, meter, currency, quantity, amount) in now.Each())
            {
                sums.Remove((payeeId, meter, currency), out var sum);
                Add(day, meter, "", payeeId, "units in the sums by payee", sum.Quantity, quantity);
                Add(day, meter, "", payeeId, $"amount in the sums by payee, in {currency.Code}", sum.Amount, amount);
            }

            foreach (var ((payeeId, meter, currency), sum) in sums)
            {
                Add(day, meter, "", payeeId, "units in the sums by payee", (Int128?)sum.Quantity, null);
                Add(day, meter, "", payeeId, $"amount in the sums by payee, in {currency.Code}", (decimal?)sum.Amount, null);
            }
        }

        public void AddUnreadablePayees(DateOnly day, string meter) => Add(day, meter, "", "", "sums by payee", "can't be read", null);

        public void CompareRanking(
            DateOnly day, CalendarPeriod period, string meter, IReadOnlyList<RankedItem> stored, IReadOnlyList<RankedItem> computed)
        {
            for (var i = 0; i < Math.Max(stored.Count, computed.Count); i++)
            {
                var item = (i < computed.Count ? computed[i] : stored[i]).ItemId;
                Add(day, meter, item, "", Invariant($"rank {i + 1} of the {period.ToString().ToLowerInvariant()}"), Text(stored, i),
                    Text(computed, i));
            }

            static string? Text(IReadOnlyList<RankedItem> items, int i) =>
                i < items.Count ? Invariant($"{items[i].ItemId} of {items[i].PayeeId}: {items[i].Quantity}") : null;
        }

        public void CompareCounter(DateOnly day, CounterInstance instance, string itemId, long? stored, long computed) =>
            Add(day, instance.Meter, itemId, "", Name(instance), stored, (long?)computed);

        public void CompareVolume(DateOnly day, VolumeKey key, VolumeSum? stored, VolumeSum computed) =>
            Add(day, key.Meter, key.ItemId, key.PayeeId, Invariant($"volume units of {key.RateVersion} from {key.PeriodStart:O}"),
                Text(stored), Text(computed));

        public void CompareRounding(DateOnly day, RoundingKey key, decimal? stored, decimal computed) =>
            Add(day, key.Meter, key.ItemId, key.PayeeId, $"exact sum in {key.Currency}", stored, (decimal?)computed);

        public void AddCounters(DateOnly day, CounterInstance instance, long stored, long computed) =>
            Add(day, instance.Meter, "", "", $"number of counters, {Name(instance)}", stored, computed);

        public void AddEarlierRows(DateOnly day, Stores.IUsageSource source) => Add(
            day, string.Join(", ", source.Meters.Select(m => m.Meter)), "", "",
            $"rows of source '{source.Name}' from before the first published day",
            "not counted by any day", null);

        public VerificationReport Build() => new(Days, _lines, _count, _differences);

        private void Compare(SettlementLine at, SettlementLine? a, SettlementLine? b)
        {
            AddColumn("quantity", a?.Quantity, b?.Quantity);
            AddColumn("events", a?.Events, b?.Events);
            AddColumn("counter_before", a?.Price?.CounterBefore, b?.Price?.CounterBefore);
            AddColumn("counter_after", a?.Price?.CounterAfter, b?.Price?.CounterAfter);
            AddColumn("rate_version", RateText(a), RateText(b));
            AddColumn("exact_amount", a?.Price?.ExactAmount, b?.Price?.ExactAmount);
            AddColumn("amount", a?.Price?.Amount, b?.Price?.Amount);
            AddColumn("currency", CurrencyText(a), CurrencyText(b));

            void AddColumn<TValue>(string what, TValue published, TValue computed) => Add(
                at.PostingDate, at.Meter, at.ItemId, at.PayeeId,
                at.Kind == LineKind.Usage && at.UsageDate == at.PostingDate ? what
                    : Invariant($"{what} of the {at.Kind.Name()} of {at.UsageDate:O}"),
                published, computed);
        }

        private void Add<TValue>(DateOnly day, string meter, string itemId, string payeeId, string what, TValue published, TValue computed)
        {
            if (EqualityComparer<TValue>.Default.Equals(published, computed) || _count++ >= DifferencesMax)
                return;
            _differences.Add(new VerificationDifference(day, meter, itemId, payeeId, what, AsText(published), AsText(computed)));
        }

        private static string Name(CounterInstance instance) =>
            Invariant($"counter over {instance.Period.ToString().ToLowerInvariant()} from {instance.Start:O}");

        private static string? Text(VolumeSum? sum) => sum is { } one ? Invariant($"{one.Units} units, {one.ExactAmount:0.######}") : null;

        private static string? RateText(SettlementLine? line) =>
            line?.Price is { } price ? $"{price.RateScope} {price.RateVersion}".TrimStart() : null;

        private static string? CurrencyText(SettlementLine? line) =>
            line?.Price is { } price ? Invariant($"{price.Currency.Code} ({price.Currency.MinorUnitDigits} decimals)") : null;

        private static string? AsText<TValue>(TValue value) =>
            value is null ? null : string.Create(CultureInfo.InvariantCulture, $"{value}");

        private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
    }
}

/// <summary>A difference between a published and a recomputed value. Immutable.</summary>
public sealed class VerificationDifference
{
    internal VerificationDifference(
        DateOnly day, string meter, string itemId, string payeeId, string what, string? published,
        string? computed)
    {
        Day = day;
        Meter = meter;
        ItemId = itemId;
        PayeeId = payeeId;
        What = what;
        Published = published;
        Computed = computed;
    }

    /// <summary>The posting date.</summary>
    public DateOnly Day { get; }

    /// <summary>The meter.</summary>
    public string Meter { get; }

    /// <summary>The item; empty for a value of the meter.</summary>
    public string ItemId { get; }

    /// <summary>The payee; empty for a value of the item or the meter.</summary>
    public string PayeeId { get; }

    /// <summary>The name of the value that differs.</summary>
    public string What { get; }

    /// <summary>The published value; null when there is none.</summary>
    public string? Published { get; }

    /// <summary>The recomputed value; null when there is none.</summary>
    public string? Computed { get; }
}

/// <summary>The progress of a verification.</summary>
public sealed class VerificationProgress
{
    internal VerificationProgress(DateOnly day, int dayNumber, int days)
    {
        Day = day;
        DayNumber = dayNumber;
        Days = days;
    }

    /// <summary>The last completed day.</summary>
    public DateOnly Day { get; }

    /// <summary>Its number, from 1.</summary>
    public int DayNumber { get; }

    /// <summary>The total number of days to read.</summary>
    public int Days { get; }
}
