using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Settlements.Pipelines;

namespace Settlements.Testing;

/// <summary>
/// Contract test of estimates of random histories: the lines and statements of an estimate that is refreshed when all usage has arrived
/// equal those that the closes then publish, for any number of open days.
/// </summary>
public abstract class EstimateHistoryContract
{
    private const ulong FixedSeed = 20_241_127;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";

    private static readonly ReconcileOptions PostAll = new()
    {
        Increases = FindingPolicy.Post, Decreases = FindingPolicy.Post, PayeeChanges = FindingPolicy.Post,
    };

    protected abstract StoreUnderTest NewStore();

    /// <summary>Number of histories of each seed: in every build, and with <c>SETTLEMENT_TESTS=long</c>.</summary>
    protected virtual (int Short, int Long) Histories => (15, 3_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_estimate_of_any_history_equals_what_its_closes_publish(bool isFixed)
    {
        var seed = isFixed ? FixedSeed : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        var count = IsLong ? Histories.Long : Histories.Short;
        Prop.ForAll(Any(), any => CheckAsync(any.History, any.ClosedDays).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(60).WithReplay(seed, 1));
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} histories of seed {seed}");
    }

    private static Arbitrary<CutHistory> Any()
    {
        var histories = UsageHistory.Arbitrary();
        return Arb.From(
            from history in histories.Generator
            from closed in Gen.Choose(0, UsageHistory.DaysCount - 1)
            select new CutHistory(history, closed),
            any => histories.Shrinker(any.History).Select(history => any with { History = history }));
    }

    private async Task CheckAsync(UsageHistory history, int closedDays)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, history));
        for (var day = 0; day < closedDays; day++)
        {
            await ArriveAsync(store, scenario, history, day, closedDays: day);
            await scenario.CloseAsync(history.First.AddDays(day));
        }

        var last = history.First.AddDays(UsageHistory.DaysCount - 1);
        var open = new DateRange(history.First.AddDays(closedDays), last);
        for (var day = closedDays; day < UsageHistory.DaysCount; day++)
        {
            await ArriveAsync(store, scenario, history, day, closedDays);

            // An estimate that the last one replaces.
            if (day == closedDays)
                await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(last, 12));
        }

        (await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(last, 23))).Days.Should().Be(open);
        var lines = new List<string>();
        await foreach (var line in scenario.Engine.Estimates.ReadLinesAsync(open))
            lines.Add(line.ToString());
        var statements = await StatementsAsync(scenario, last, includeEstimate: true);
        await scenario.CloseAsync(last);

        (await scenario.LinesAsync(open.First, open.Last)).Select(l => l.ToString()).Should().Equal(lines);
        (await StatementsAsync(scenario, last, includeEstimate: false)).Should().Equal(statements);
        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(history.First, last))).Differences.Should().BeEmpty();
    }

    /// <summary>Loads and changes the usage of a day. What arrives for a published day is posted to the first open one.</summary>
    private static async Task ArriveAsync(StoreUnderTest store, Scenario scenario, UsageHistory history, int day, int closedDays)
    {
        var events = history.Events.Select((e, i) => (Arrival: e, Event: e.ToEvent(history.First, i + 1))).ToList();
        var loaded = events.Where(e => e.Arrival.IsOnTime && e.Arrival.Day == day)
            .Concat(events.Where(e => e.Arrival.Kind is HistoryEventKind.Late or HistoryEventKind.LoadedTwice
                && e.Arrival.LaterDay == day)).Select(e => e.Event);
        if (day == 0)
            loaded = loaded.Append(Scenario.Event(100_000, history.First, 1, item: "first", meter: "unpriced"));
        await scenario.LoadAsync([.. loaded]);
        foreach (var (arrival, one) in events.Where(e => e.Arrival.LaterDay == day))
            await arrival.ChangeAsync(store, one);
        if (closedDays > 0)
        {
            await scenario.Engine.Reconciler.ReconcileAsync(
                new DateRange(history.First, history.First.AddDays(closedDays - 1)), PostAll);
        }
    }

    private static async Task<List<string>> StatementsAsync(Scenario scenario, DateOnly date, bool includeEstimate)
    {
        var all = await scenario.Engine.Statements.ReadAllAsync(CalendarPeriod.Month, date, includeEstimate);
        var statements = all.Payees.Select(p => $"{p.PayeeId} {string.Join(',', p.Totals)}").ToList();
        foreach (var payee in new[] { "p", "P", "q" })
        {
            var read = await scenario.Engine.Statements.ReadAsync(payee, CalendarPeriod.Month, date, includeEstimate);
            statements.Add(
                $"{payee} {string.Join(',', read.Lines.Select(l => $"{l.Meter} {l.ItemId} {l.Quantity} {l.Amount}"))}");
        }

        return statements;
    }

    private static void Configure(SettlementBuilder settlement, UsageHistory history)
    {
        history.Rates.Configure(settlement);
        var work = history.Days[0];
        settlement.Configure(o =>
        {
            (o.ChunkRowsMax, o.PartialsPerItemRange) = (work.ChunkRows, work.Partials);
            o.Pipeline = new PipelineOptions { Workers = work.Workers, RetryDelay = TimeSpan.Zero };
        });
    }

    /// <summary>A history of which the first days are closed.</summary>
    private sealed record CutHistory(UsageHistory History, int ClosedDays)
    {
        public override string ToString() => $"{ClosedDays} days closed\n{History}";
    }
}
