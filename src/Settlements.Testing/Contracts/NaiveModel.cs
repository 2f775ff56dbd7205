using System.Globalization;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>
/// A reference model of the pricing rules, as plain as possible: a list of the usage of each posting date, counters summed from scratch for
/// every line, prices computed unit by unit. It shares no code with the library except rate names and currencies.
/// </summary>
/// <param name="rates">The rates.</param>
/// <param name="trial">The rates of a trial, which price posting dates from a first one on; null for none.</param>
/// <param name="trialFrom">The first posting date of the trial.</param>
public sealed class NaiveModel(NaiveRates rates, NaiveRates? trial = null, DateOnly trialFrom = default)
{
    private readonly List<Usage> _usage = [];

    /// <summary>Adds an event to a posting date.</summary>
    public void Add(DateOnly postingDate, UsageEvent billable)
    {
        Add(postingDate, UsageDate(billable), billable.Meter, billable.ItemId, billable.PayeeId, billable.Quantity, 1);
    }

    /// <summary>Adds usage to a posting date; negative if it is reverted.</summary>
    public void Add(DateOnly postingDate, DateOnly usageDate, string meter, string item, string payee, long quantity, long events) =>
        _usage.Add(new Usage(postingDate, usageDate, meter, item, payee, quantity, events));

    /// <summary>Returns the date of an event in Seoul.</summary>
    public static DateOnly UsageDate(UsageEvent billable) =>
        DateOnly.FromDateTime(billable.OccurredAt.ToOffset(TimeSpan.FromHours(9)).DateTime);

    /// <summary>Returns all lines, in the order of <c>LineReader</c>.</summary>
    public IReadOnlyList<string> Lines() => [.. Price().Select(l => l.ToString())];

    /// <summary>Returns the sums of a payee's lines, by currency.</summary>
    public IReadOnlyList<Money> Owed(string payee) =>
        [.. Price().Where(l => l.Payee == payee && l.Version is not null).GroupBy(l => l.Version!.Currency)
            .OrderBy(g => g.Key.Code, StringComparer.Ordinal).Select(g => new Money(g.Sum(l => l.Amount), g.Key))];

    /// <summary>Returns the amount of each payee and currency that has priced lines on posting dates.</summary>
    public IReadOnlyDictionary<(string Payee, string Currency), decimal> Amounts(DateRange days) => Price()
        .Where(l => l.Version is not null && days.Contains(l.PostingDate))
        .GroupBy(l => (l.Payee, l.Version!.Currency.Code)).ToDictionary(g => g.Key, g => g.Sum(l => l.Amount));

    /// <summary>Returns the payees that have priced lines.</summary>
    public IEnumerable<string> Payees() => Price().Where(l => l.Version is not null).Select(l => l.Payee).Distinct(StringComparer.Ordinal);

    /// <summary>Returns the top items of a range of posting dates, each with the payee of its last posting date and its quantity.</summary>
    public IEnumerable<(string Item, string Payee, long Quantity)> Top(string meter, DateOnly first, DateOnly last, int count) => Price()
        .Where(l => l.Meter == meter && l.PostingDate >= first && l.PostingDate <= last)
        .GroupBy(l => l.Item)
        .Select(g => (g.Key, g.Where(l => l.PostingDate == g.Max(o => o.PostingDate)).Select(l => l.Payee).Max(Utf8Order.Instance)!, g.Sum(
            l => l.Quantity)))
        .OrderByDescending(x => x.Item3).ThenBy(x => x.Key, Utf8Order.Instance)
        .Take(count);

    /// <summary>Formats a line of the library like a line of the model.</summary>
    public static string Text(SettlementLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return Text(
            line.PostingDate, line.Kind, line.UsageDate, line.Meter, line.ItemId, line.PayeeId, line.Quantity, line.Events,
            line.Price is { } p ? (p.CounterBefore, p.CounterAfter, p.RateScope, p.RateVersion, p.ExactAmount, p.Amount, p.Currency.Code)
                : null);
    }

    private static string Text(
        DateOnly posting, LineKind kind, DateOnly usage, string meter, string item, string payee, long quantity, long events,
        (long Before, long After, string Scope, string Version, decimal Exact, decimal Amount, string Currency)? price) => string.Create(
            CultureInfo.InvariantCulture,
            $"{posting:O} {kind} {usage:O} {meter} {item} {payee}: {quantity} in {events}")
        + (price is not { } p ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $", {p.Before} to {p.After} by {p.Scope} {p.Version}: {p.Exact:0.######} {p.Amount:0.##} {p.Currency}"));

    private List<Line> Price()
    {
        var done = new List<Line>();
        foreach (var item in _usage.GroupBy(u => (u.PostingDate, u.Meter, u.Item)).OrderBy(g => g.Key.PostingDate))
            done.AddRange(PriceItem(item.Key.PostingDate, item.Key.Meter, item.Key.Item, item, done));
        return [.. done.OrderBy(l => l.PostingDate).ThenBy(l => l.Meter, Utf8Order.Instance).ThenBy(l => l.Item, Utf8Order.Instance)
            .ThenBy(l => l.Payee, Utf8Order.Instance).ThenBy(l => l.UsageDate).ThenBy(l => l.Kind.ToString(), StringComparer.Ordinal)];
    }

    private NaiveRates RatesOn(DateOnly posting) => trial is not null && posting >= trialFrom ? trial : rates;

    private List<Line> PriceItem(DateOnly posting, string meter, string item, IEnumerable<Usage> usage, List<Line> done)
    {
        var inForce = RatesOn(posting);
        var before = done.Where(l => l.Meter == meter && l.Item == item).ToList();
        var lines = InOrder(usage.GroupBy(u => (u.UsageDate, u.Payee))
            .Select(g => new Line(posting, LineKind.Usage, g.Key.UsageDate, meter, item, g.Key.Payee)
            {
                Quantity = g.Sum(u => u.Quantity), Events = g.Sum(u => u.Events), Version = inForce.Find(
                    meter, item, g.Key.Payee, g.Key.UsageDate),
            })
            .Where(l => l.Quantity != 0 || l.Events != 0));
        if (inForce.Versions.All(v => v.Meter != meter))
            return lines;

        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            line.Before = Count(before.Concat(lines.Take(i)), line.Version!.Over, line.UsageDate);
            line.After = line.Before + line.Quantity;
            if (line.Version.Mode != RateMode.Volume)
                line.Exact = line.Version.Price(line.Before, line.After);
        }

        lines = InOrder(lines.Concat(Reprice(before, lines)));
        foreach (var line in lines)
            Round(line, before.Concat(lines.TakeWhile(l => l != line)));
        return lines;
    }

    /// <summary>
    /// Prices the lines of volume versions, and reprices their earlier units, at the tier that the counter finally reaches.
    /// </summary>
    private static List<Line> Reprice(List<Line> before, List<Line> lines)
    {
        var repricings = new List<(Line Line, DateOnly LastOfVersion)>();
        foreach (var group in lines.Where(l => l.Version!.Mode == RateMode.Volume)
            .GroupBy(l => (l.Version, Period(l.Version!.Over, l.UsageDate))).ToList())
        {
            var version = group.Key.Version!;
            var reached = Count(before.Concat(lines), version.Over, group.First().UsageDate);
            var price = version.UnitPrice(reached);
            foreach (var line in group)
                line.Exact = line.Quantity * price;
            bool IsOfVersion(Line l) => l.Version == version && Period(version.Over, l.UsageDate) == group.Key.Item2;
            foreach (var payee in before.Where(IsOfVersion).Concat(group).GroupBy(l => l.Payee, StringComparer.Ordinal))
            {
                var difference = payee.Sum(l => l.Quantity) * price - payee.Sum(l => l.Exact);
                if (difference == 0)
                    continue;
                var last = group.LastOrDefault(l => l.Payee == payee.Key);
                if (last is null)
                {
                    var moved = lines.Where(l => l.Quantity != 0
                        && Period(version.Over, l.UsageDate) == group.Key.Item2).Select(l => (DateOnly?)l.UsageDate).Max();
                    last = new Line(
                        lines[0].PostingDate, LineKind.Repricing, moved ?? group.Max(l => l.UsageDate), lines[0].Meter, lines[0].Item,
                        payee.Key)
                    {
                        Version = version, Before = reached, After = reached,
                    };
                    repricings.Add((last, group.Max(l => l.UsageDate)));
                }

                last.Exact += difference;
            }
        }

        foreach (var payee in repricings.GroupBy(r => r.Line.Payee)
            .Where(p => p.Select(r => r.Line.UsageDate).Distinct().Count() < p.Count()).ToList())
        {
            foreach (var (line, last) in payee)
                line.UsageDate = last;
        }

        return [.. repricings.Select(r => r.Line)];
    }

    private void Round(Line line, IEnumerable<Line> earlier)
    {
        var unit = line.Version!.Currency.MinorUnitDigits == 0 ? 1m : 0.01m;
        decimal Truncate(decimal amount) => decimal.Truncate(amount / unit) * unit;
        if (!RatesOn(line.PostingDate).Cumulative.Contains(line.Meter))
        {
            line.Amount = Truncate(line.Exact);
            return;
        }

        // A trial of this rounding begins with the truncated exact sum, however its lines were rounded.
        var same = earlier.Where(l => l.Payee == line.Payee && line.Version.Currency.Equals(l.Version?.Currency)).ToLookup(
            l => trial is not null && l.PostingDate < trialFrom);
        var paid = Truncate(same[true].Sum(l => l.Exact)) + same[false].Sum(l => l.Amount);
        line.Amount = Truncate(same[true].Concat(same[false]).Sum(l => l.Exact) + line.Exact) - paid;
    }

    private static List<Line> InOrder(IEnumerable<Line> lines) =>
        [.. lines.OrderBy(l => l.UsageDate).ThenBy(l => l.Payee, Utf8Order.Instance).ThenBy(
            l => l.Kind.ToString(), StringComparer.Ordinal)];

    private static long Count(IEnumerable<Line> lines, CounterPeriod over, DateOnly usageDate) =>
        lines.Where(l => Period(over, l.UsageDate) == Period(over, usageDate)).Sum(l => l.Quantity);

    private static string Period(CounterPeriod over, DateOnly day) => over switch
    {
        CounterPeriod.Lifetime => "life",
        CounterPeriod.Year => day.ToString("yyyy", CultureInfo.InvariantCulture),
        CounterPeriod.Month => day.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        CounterPeriod.Week => "week " + day.AddDays(-(((int)day.DayOfWeek + 6) % 7)).ToString("O", CultureInfo.InvariantCulture),
        _ => day.ToString("O", CultureInfo.InvariantCulture),
    };

    private sealed record Usage(
        DateOnly PostingDate, DateOnly UsageDate, string Meter, string Item, string Payee, long Quantity, long Events);

    private sealed class Line(DateOnly postingDate, LineKind kind, DateOnly usageDate, string meter, string item, string payee)
    {
        public DateOnly PostingDate => postingDate;

        public LineKind Kind => kind;

        public DateOnly UsageDate { get; set; } = usageDate;

        public string Meter => meter;

        public string Item => item;

        public string Payee => payee;

        public long Quantity { get; init; }

        public long Events { get; init; }

        public NaiveVersion? Version { get; init; }

        public long Before { get; set; }

        public long After { get; set; }

        public decimal Exact { get; set; }

        public decimal Amount { get; set; }

        public override string ToString() => Text(
            PostingDate, Kind, UsageDate, Meter, Item, Payee, Quantity, Events,
            Version is { } v ? (Before, After, v.Scope, v.Name, Exact, Amount, v.Currency.Code) : null);
    }
}
