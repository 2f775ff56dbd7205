using FsCheck;
using FsCheck.Fluent;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.Tests.Lines;

/// <summary>Compares the pricer with the contracts' naive model, without a store, over many histories.</summary>
public sealed class NaiveModelTests
{
    private static readonly BusinessCalendar Calendar = new("Asia/Seoul");

    [Fact]
    public void Any_history_has_the_lines_of_the_naive_model_and_counters_that_can_be_rebuilt_from_them() =>
        Prop.ForAll(UsageHistory.Arbitrary(), Check).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(60));

    private static void Check(UsageHistory history)
    {
        var model = new NaiveModel(history.Rates);
        var usage = new List<(DateOnly Posting, UsageSum Sum)>();
        foreach (var (one, id) in history.Events.Select((e, i) => (e, i + 1)))
        {
            var billable = one.ToEvent(history.First, id);
            var posting = history.First.AddDays(one.IsOnTime ? one.Day : one.LaterDay);
            Add(posting, billable.PayeeId, billable.Quantity, 1);
            if (one.Kind is HistoryEventKind.PayeeChanged or HistoryEventKind.Deleted)
                Add(history.First.AddDays(one.LaterDay), billable.PayeeId, -billable.Quantity, -1);
            if (one.Kind == HistoryEventKind.PayeeChanged)
                Add(history.First.AddDays(one.LaterDay), billable.PayeeId == "q" ? "p" : "q", billable.Quantity, 1);

            void Add(DateOnly postingDate, string payee, long quantity, long events)
            {
                var usageDate = NaiveModel.UsageDate(billable);
                model.Add(postingDate, usageDate, billable.Meter, billable.ItemId, payee, quantity, events);
                usage.Add((postingDate, new UsageSum(billable.Meter, billable.ItemId, payee, usageDate, quantity, events)));
            }
        }

        var rates =
            history.Rates.Versions.Select(v => v.Meter).Distinct().ToDictionary(meter => meter, meter => MeterRates.Build(meter, builder =>
        {
            foreach (var version in history.Rates.Versions.Where(v => v.Meter == meter))
                version.AddTo(builder);
            if (history.Rates.Cumulative.Contains(meter))
                builder.Round(Rounding.Cumulative);
        }));
        var (book, rebuilt, lines) = (new CounterCache(), new CounterCache(), new List<SettlementLine>());
        foreach (var posted in usage.GroupBy(u => u.Posting).OrderBy(g => g.Key))
        {
            var day = posted.Key;
            var priced = Price(day, rates, posted.Select(u => u.Sum), book);
            priced.Quarantined.Should().BeEmpty();
            priced.Lines.Sort(LineOrder.CompareReading);
            lines.AddRange(priced.Lines);
            var again = Price(day, rates, DayUsage.AsPublished(day, priced.Lines), rebuilt);
            again.Lines.Sort(LineOrder.CompareReading);
            again.Lines.Should().Equal(priced.Lines);
        }

        lines.Select(NaiveModel.Text).Should().Equal(model.Lines());
        lines.Select(l => (l.PostingDate, l.Meter, l.ItemId, l.PayeeId, l.UsageDate, l.Kind, l.Restates)).Should().OnlyHaveUniqueItems();
        rebuilt.All().Should().BeEquivalentTo(book.All());
        rebuilt.AllVolume().Should().BeEquivalentTo(book.AllVolume());
        rebuilt.AllRounding().Should().BeEquivalentTo(book.AllRounding());
    }

    private static PricedItems Price(DateOnly day, Dictionary<string, MeterRates> rates, IEnumerable<UsageSum> usage, CounterCache book)
    {
        var sums = usage.GroupBy(u => (u.Meter, u.ItemId, u.PayeeId, u.UsageDate))
            .Select(g => new UsageSum(
                g.Key.Meter, g.Key.ItemId, g.Key.PayeeId, g.Key.UsageDate, g.Aggregate(Int128.Zero, (s, u) => s + u.Quantity),
                g.Sum(u => u.Events)))
            .OrderBy(u => u.Meter, Utf8Order.Instance).ThenBy(u => u.ItemId, Utf8Order.Instance).ThenBy(u => u.PayeeId, Utf8Order.Instance)
            .ThenBy(u => u.UsageDate == day ? DateOnly.MinValue : u.UsageDate).ToList();
        var priced = new LinePricer(day, Calendar, new RatesInForce(rates, [], [], day))
            .Price(sums, Enumerable.Empty<RestatementEntry>().ToLookup(r => (r.Meter, r.ItemId)), book);
        book.Apply(priced.Counters, priced.Volume, priced.Rounding);
        return priced;
    }
}
