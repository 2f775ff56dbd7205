using System.Globalization;
using Settlements.Stores;

namespace Settlements.Tests.Lines;

/// <summary>Prices consecutive posting dates with persistent counters, without a store.</summary>
internal sealed class Postings(params MeterRates[] rates)
{
    private readonly List<UsageSum> _usage = [];

    public CounterCache Book { get; } = new();

    public PricedItems Last { get; private set; } = new(0);

    public static DateOnly Date(string text) => DateOnly.Parse($"2024-{text}", CultureInfo.InvariantCulture);

    /// <summary>Adds usage to the next posting date.</summary>
    public Postings Use(string usageDate, string payee, long quantity, string item = "v1", string meter = "m", long events = 1)
    {
        _usage.Add(new UsageSum(meter, item, payee, Date(usageDate), quantity, events));
        return this;
    }

    /// <summary>Adds usage of any quantity to the next posting date.</summary>
    public Postings UseAny(string usageDate, string payee, Int128 quantity, string item = "v1", string meter = "m")
    {
        _usage.Add(new UsageSum(meter, item, payee, Date(usageDate), quantity, 1));
        return this;
    }

    /// <summary>Prices the usage added since the last call, in the order in which a store merges it.</summary>
    public IReadOnlyList<SettlementLine> Post(string postingDate, params RestatementEntry[] restatements)
    {
        var day = Date(postingDate);
        var calendar = new BusinessCalendar("Asia/Seoul");
        var inForce = new RatesInForce(rates.ToDictionary(r => r.Meter, StringComparer.Ordinal), [], [], day);
        var sums = _usage
            .Concat(restatements.Select(r => new UsageSum(r.Meter, r.ItemId, r.PayeeId, r.UsageDate, 0, 0)))
            .GroupBy(u => (u.Meter, u.ItemId, u.PayeeId, u.UsageDate))
            .Select(g => new UsageSum(
                g.Key.Meter, g.Key.ItemId, g.Key.PayeeId, g.Key.UsageDate, g.Aggregate(Int128.Zero, (s, u) => s + u.Quantity),
                g.Sum(u => u.Events)))
            .OrderBy(u => u.Meter, Utf8Order.Instance).ThenBy(u => u.ItemId, Utf8Order.Instance).ThenBy(u => u.PayeeId, Utf8Order.Instance)
            .ThenBy(u => u.UsageDate == day ? DateOnly.MinValue : u.UsageDate).ToList();
        _usage.Clear();
        Last = new LinePricer(day, calendar, inForce).Price(sums, restatements.ToLookup(r => (r.Meter, r.ItemId)), Book);
        Book.Apply(Last.Counters, Last.Volume, Last.Rounding);
        return Last.Lines;
    }

    /// <summary>Prices and returns the lines as usage date, payee, quantity, amount, and the kind unless it is usage.</summary>
    public IEnumerable<string> PostText(string postingDate) => Post(postingDate).Select(Text);

    public static string Text(SettlementLine line) => string.Create(
        CultureInfo.InvariantCulture,
        $"{line.UsageDate:MM-dd} {line.PayeeId} {line.Quantity}: "
        + $"{line.Amount}{(line.Kind == LineKind.Usage ? "" : " " + line.Kind.Name())}");

    public static MeterRates Meter(Action<MeterRatesBuilder> configure, string meter = "m") => MeterRates.Build(meter, configure);
}
