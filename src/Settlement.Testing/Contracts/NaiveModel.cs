using System.Globalization;
using Settlement.BillableEvents;
using Settlement.Lines;
using Settlement.Rates;

namespace Settlement.Testing.Contracts;

/// <summary>The rules, written as plainly as can be: lists, and a price unit by unit. From a day on, views have a second version of their rates.</summary>
public sealed class NaiveModel(DateOnly ratesChange)
{
    private static readonly (long UpTo, decimal Price)[] View = [(10, 1m), (25, 1.1m), (40, 1.3m), (long.MaxValue, 1.5m)];
    private static readonly (long UpTo, decimal Price)[] NewView = [(20, 2m), (long.MaxValue, 0.7m)];
    private static readonly (long UpTo, decimal Price)[] Ad = [(3, 10.25m), (long.MaxValue, 12.5m)];

    private readonly List<(DateOnly CountedOn, BillableEvent Event)> _events = [];

    public static void Rates(SettlementBuilder settlement, DateOnly change) => settlement
        .Rates("video.view", r => r.Graduated("v1", new DateOnly(2024, 1, 1), Currency.KRW, [(10, 1m), (25, 1.1m), (40, 1.3m), (null, 1.5m)])
            .Graduated("v2", change, Currency.KRW, [(20, 2m), (null, 0.7m)]))
        .Rates("ad.view", r => r.Graduated("a1", new DateOnly(2024, 1, 1), Currency.KRW, [(3, 10.25m), (null, 12.5m)]));

    public void Add(DateOnly countedOn, BillableEvent billable) => _events.Add((countedOn, billable));

    public IEnumerable<string> Lines() => Amounts().Select(a => a.Text);

    private List<(string PayeeId, decimal Amount, string Text)> Amounts()
    {
        var lines = new List<(string, decimal, string)>();
        var counts = new Dictionary<(string, string), long>();
        foreach (var day in _events.GroupBy(e => e.CountedOn).OrderBy(d => d.Key))
        {
            var totals = day.GroupBy(e => (e.Event.Meter, e.Event.ItemId, e.Event.PayeeId))
                .OrderBy(t => t.Key.Meter, Utf8Order.Instance).ThenBy(t => t.Key.ItemId, Utf8Order.Instance).ThenBy(t => t.Key.PayeeId, Utf8Order.Instance);
            foreach (var total in totals)
            {
                var tiers = total.Key.Meter switch { "video.view" => day.Key < ratesChange ? View : NewView, "ad.view" => Ad, _ => null };
                if (tiers is null)
                    continue;
                var before = counts.GetValueOrDefault((total.Key.Meter, total.Key.ItemId));
                var quantity = total.Sum(e => e.Event.Quantity);
                counts[(total.Key.Meter, total.Key.ItemId)] = before + quantity;
                var exact = Price(tiers, before, before + quantity);
                lines.Add((
                    total.Key.PayeeId, decimal.Truncate(exact),
                    Text(day.Key, total.Key.Meter, total.Key.ItemId, total.Key.PayeeId, quantity, before, exact, decimal.Truncate(exact))));
            }
        }

        return lines;
    }

    /// <summary>What a payee's lines come to.</summary>
    public decimal Owed(string payeeId) => Amounts().Where(a => a.PayeeId == payeeId).Sum(a => a.Amount);

    public IEnumerable<(string, long)> Top(string meter, int count) => _events
        .Where(e => e.Event.Meter == meter && e.CountedOn <= Scenario.Monday.AddDays(6))
        .GroupBy(e => e.Event.ItemId)
        .Select(g => (g.Key, g.Sum(e => e.Event.Quantity)))
        .OrderByDescending(x => x.Item2).ThenBy(x => x.Key, Utf8Order.Instance)
        .Take(count);

    public static string Text(PricedLine l) => Text(l.Day, l.Meter, l.ItemId, l.PayeeId, l.Quantity, l.CumulativeBefore, l.ExactAmount, l.Amount);

    private static string Text(DateOnly day, string meter, string item, string payee, long quantity, long before, decimal exact, decimal amount) =>
        string.Create(CultureInfo.InvariantCulture, $"{day:O} {meter} {item} {payee} {quantity} after {before}: {exact:0.######} {amount:0}");

    private static decimal Price((long UpTo, decimal Price)[] tiers, long before, long after)
    {
        var price = 0m;
        for (var unit = Math.Min(before, after) + 1; unit <= Math.Max(before, after); unit++)
            price += tiers.First(t => unit <= t.UpTo).Price;
        return after < before ? -price : price;
    }
}
