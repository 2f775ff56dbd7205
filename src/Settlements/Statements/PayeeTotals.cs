using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>Sums the amounts of payees by meter and currency. Not thread-safe.</summary>
internal sealed class PayeeTotals
{
    /// <summary>An id has at most 64 characters, each of at most two UTF-16 code units.</summary>
    private const int IdCharsMax = 128;

    private readonly Dictionary<string, List<MeterSum>> _payees = new(StringComparer.Ordinal);

    public async Task AddAsync(IAsyncEnumerable<PayeeSegment> segments, HashSet<DateOnly> counted)
    {
        await foreach (var segment in segments.ConfigureAwait(false))
        {
            if (counted.Contains(segment.PostingDate))
                Add(segment);
        }
    }

    public async Task AddAsync(IAsyncEnumerable<SettlementLine> lines, HashSet<DateOnly> counted)
    {
        await foreach (var line in lines.ConfigureAwait(false))
        {
            if (counted.Contains(line.PostingDate))
                Add(line);
        }
    }

    public void Add(SettlementLine line)
    {
        if (line.Price is not { } price)
            return;
        if (!_payees.TryGetValue(line.PayeeId, out var meters))
            _payees.Add(line.PayeeId, meters = []);
        Add(meters, line.Meter, price.Currency, line.Quantity, price.Amount);
    }

    public void Add(PayeeSegment segment)
    {
        var payees = _payees.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> buffer = stackalloc char[IdCharsMax];
        for (var sum = new PayeeSegmentReader(segment); sum.Read();)
        {
            if (!Encoding.UTF8.TryGetChars(sum.PayeeId, buffer, out var length))
                throw sum.Damaged();
            var payeeId = buffer[..length];
            if (!payees.TryGetValue(payeeId, out var meters))
                payees[payeeId] = meters = [];
            Add(meters, segment.Meter, segment.Currency, sum.Quantity, sum.Amount);
        }
    }

    /// <summary>Returns the sums of each payee, meter and currency, in no particular order.</summary>
    public IEnumerable<(string PayeeId, string Meter, Currency Currency, Int128 Quantity, decimal Amount)> Each() =>
        from payee in _payees
        from sum in payee.Value
        select (payee.Key, sum.Meter, sum.Currency, sum.Quantity, sum.Amount);

    /// <summary>Returns the payees in the order of <see cref="PeriodTotals.Payees"/>.</summary>
    public IReadOnlyList<PayeeTotal> Ordered() =>
        [.. _payees
            .Select(payee => ToTotal(payee.Key, payee.Value))
            .OrderBy(p => p.Totals[0].Currency.Code, StringComparer.Ordinal)
            .ThenByDescending(p => p.Totals[0].Amount)
            .ThenBy(p => p.PayeeId, Utf8Order.Instance)];

    /// <summary>Returns the sums of the amounts by meter and currency, in this order.</summary>
    public static List<MeterAmount> Meters(IEnumerable<MeterAmount> parts) =>
        [.. parts
            .GroupBy(p => (p.Meter, p.Amount.Currency))
            .Select(g => new MeterAmount(g.Key.Meter, Sum(g), g.Select(p => p.Amount).Aggregate((a, b) => a + b)))
            .OrderBy(m => m.Meter, Utf8Order.Instance).ThenBy(m => m.Amount.Currency.Code, StringComparer.Ordinal)];

    /// <summary>Returns the sums of the amounts by currency.</summary>
    public static List<Money> Totals(IReadOnlyList<MeterAmount> meters) => meters is [var only]
        ? [only.Amount]
        : [.. meters
            .GroupBy(m => m.Amount.Currency)
            .Select(g => g.Select(m => m.Amount).Aggregate((a, b) => a + b))
            .OrderBy(m => m.Currency.Code, StringComparer.Ordinal)];

    private static PayeeTotal ToTotal(string payeeId, List<MeterSum> sums)
    {
        if (sums.Count > 1)
        {
            sums.Sort((a, b) => Utf8Order.Instance.Compare(a.Meter, b.Meter) is var order and not 0
                ? order : string.CompareOrdinal(a.Currency.Code, b.Currency.Code));
        }

        var meters = sums.ConvertAll(s => new MeterAmount(s.Meter, (long)s.Quantity, new Money(s.Amount, s.Currency)));
        return new PayeeTotal(payeeId, meters, Totals(meters));
    }

    private static void Add(List<MeterSum> meters, string meter, Currency currency, Int128 quantity, decimal amount)
    {
        foreach (var sum in meters)
        {
            if (sum.Meter == meter && (ReferenceEquals(sum.Currency, currency) || sum.Currency.Equals(currency)))
            {
                sum.Quantity += quantity;
                sum.Amount += amount;
                return;
            }
        }

        meters.Add(new MeterSum(meter, currency) { Quantity = quantity, Amount = amount });
    }

    private static long Sum(IEnumerable<MeterAmount> parts) => parts.Aggregate(0L, (sum, p) => sum + p.Quantity);

    private sealed class MeterSum(string meter, Currency currency)
    {
        public string Meter => meter;

        public Currency Currency => currency;

        public Int128 Quantity { get; set; }

        public decimal Amount { get; set; }
    }
}
