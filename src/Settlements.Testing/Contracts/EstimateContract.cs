using Microsoft.Extensions.DependencyInjection;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Contract test of estimates: their lines equal those that the closes then publish.</summary>
public abstract partial class EstimateContract
{
    private static readonly DateOnly Start = new(2024, 6, 28);

    public static TheoryData<int> Seeds => [1, 2, 3, 5, 8, 13];

    private static DateOnly Tuesday => Scenario.Monday.AddDays(1);

    protected abstract StoreUnderTest NewStore();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_lines_of_an_estimate_equal_those_that_closes_then_publish(int seed)
    {
        var random = new Random(seed);
        await using var store = NewStore();
        await using (var before = await Scenario.StartAsync(store, Rates(random, isLater: false)))
        {
            await LoadAsync(before, random, 0, 4);
            await before.CloseAsync(Start.AddDays(3));
        }

        // New versions, one that supersedes a version of published days, and counter periods that have not begun.
        await using var scenario = await Scenario.StartAsync(store, Rates(random, isLater: true));
        var preview = await scenario.Engine.Restatements.RestateAsync(new DateRange(Start, Start.AddDays(2)), "wrong", "ann");
        if (preview.RestatementId != 0)
            await scenario.Engine.Restatements.ApproveAsync(preview.RestatementId, preview.Hash, "bob");
        await LoadAsync(scenario, random, 4, 8);
        // Out of range for a counter: quarantined on each day, and carried over.
        await InsertAsync(store, 90_001, Start.AddDays(4), 900_000_000_000_000, "ann");
        await InsertAsync(store, 90_002, Start.AddDays(4), 900_000_000_000_000, "bob");
        await InsertAsync(store, 90_003, Start.AddDays(6), -900_000_000_000_000, "ann");

        var refreshed = await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Start.AddDays(7), 20));
        refreshed.Days.Should().Be(new DateRange(Start.AddDays(4), Start.AddDays(7)));
        var estimated = await EstimatedAsync(scenario);
        var statements = await StatementsAsync(scenario, includeEstimate: true);
        await scenario.CloseAsync(Start.AddDays(7));

        (await scenario.LinesAsync(Start.AddDays(4), Start.AddDays(7))).Select(l => l.ToString()).Should().Equal(estimated);
        estimated.Should().NotBeEmpty();
        (await StatementsAsync(scenario, includeEstimate: false)).Should().Equal(statements);
        (await EstimatedAsync(scenario)).Should().BeEmpty("published days are not estimated");
        await scenario.CheckAsync(Start, Start.AddDays(7));
    }

    [Fact]
    public async Task An_estimate_is_read_only_when_asked_and_names_its_days()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 550_000));
        await scenario.CloseAsync(Scenario.Monday);
        await scenario.LoadAsync(Scenario.Event(2, Tuesday, 600_000), Scenario.Event(3, Scenario.Monday, 5, "late"));
        var now = Scenario.Instant(Tuesday, 13);
        var refreshed = await scenario.Engine.Estimates.RefreshAsync(now);

        refreshed.AsOf.Should().Be(now);
        var published = await scenario.Engine.Statements.ReadAsync("p1", CalendarPeriod.Month, Tuesday);
        published.Totals.Should().Equal(new Money(605_000, Currency.KRW));
        published.Estimate.Should().BeNull();
        var both = await scenario.Engine.Statements.ReadAsync("p1", CalendarPeriod.Month, Tuesday, includeEstimate: true);
        both.Totals.Should().Equal(new Money(605_000 + 810_000 + 5, Currency.KRW));
        both.PublishedDays.Should().Be(1);
        both.Estimate!.AsOf.Should().Be(now);
        both.Estimate.EstimatedDays.Should().Be(new DateRange(Tuesday, Tuesday));
        both.Estimate.PublishedDays.Should().Be(new DateRange(Scenario.Monday, Scenario.Monday));
        (await scenario.Engine.Statements.ReadAllAsync(CalendarPeriod.Month, Tuesday, includeEstimate: true)).Payees.Single().Totals
            .Should().Equal(both.Totals);
        var open = await scenario.Engine.Estimates.ReadAsync("p1", CalendarPeriod.Month, Tuesday);
        open.Payees.Single().Totals.Should().Equal(new Money(810_005, Currency.KRW));
        open.Estimate!.EstimatedDays.Should().Be(new DateRange(Tuesday, Tuesday));
        (await scenario.LinesAsync()).Should().HaveCount(1);
    }

    [Fact]
    public async Task A_statement_without_estimated_days_has_the_quarantine_of_the_last_close()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await scenario.CloseAsync(Scenario.Monday);
        await InsertAsync(store, 2, Tuesday, 900_000_000_000_000, "ann");
        await InsertAsync(store, 3, Tuesday, 900_000_000_000_000, "bob");
        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Tuesday, 13));

        (await QuarantinedAsync(Scenario.Monday)).Should().Be((0, 0));
        (await QuarantinedAsync(Tuesday)).Should().Be((1, 1));

        async Task<(int Statement, int Estimate)> QuarantinedAsync(DateOnly day)
        {
            var statement = await scenario.Engine.Statements.ReadAsync("bob", CalendarPeriod.Day, day, includeEstimate: true);
            var estimate = await scenario.Engine.Estimates.ReadAsync("bob", CalendarPeriod.Day, day);
            return (statement.Quarantined.Count, estimate.Quarantined.Count);
        }
    }

    [Fact]
    public async Task Usage_of_a_value_that_is_not_declared_is_quarantined_in_an_estimate_as_by_the_close()
    {
        await using var store = NewStore();
        await store.ExecuteAsync(
            "CREATE TABLE rides (id INTEGER NOT NULL PRIMARY KEY, started_at BIGINT NOT NULL, route INTEGER NOT NULL, "
            + "driver INTEGER NOT NULL, country VARCHAR(8) NOT NULL)");
        foreach (var (id, country) in new[] { (1, "KR"), (2, "US") })
        {
            await store.ExecuteAsync(FormattableString.Invariant(
                $"INSERT INTO rides VALUES ({id}, {Scenario.Instant(Scenario.Monday, 3).ToUnixTimeSeconds()}, 7, 8, '{country}')"));
        }

        await using var scenario = await Scenario.StartAsync(store, s => s
            .Rates("ride:KR", r => r.Flat("a", new DateOnly(2024, 1, 1), Currency.KRW, 5m))
            .Source("rides", rides => rides.Table("rides").Key("id").OccurredAt("started_at", InstantFormat.UnixSeconds).Item("route")
                .Payee("driver").CountedFrom(Scenario.Monday).Counts("ride", by: "country")));
        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Scenario.Monday, 13));

        var estimated = await EstimatedAsync(scenario);
        var estimate = await scenario.Engine.Estimates.ReadAsync("8", CalendarPeriod.Day, Scenario.Monday);
        estimated.Should().ContainSingle().Which.Should().Contain("ride:KR");
        var quarantined = estimate.Quarantined.Should().ContainSingle().Subject;
        (quarantined.Meter, quarantined.Quantity).Should().Be(("ride:US", 1));
        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LinesAsync()).Select(l => l.ToString()).Should().Equal(estimated);
        (await scenario.Engine.Days.ListQuarantinedAsync()).Should().ContainSingle().Which.Reason.Should().Be(quarantined.Reason);
    }

    [Fact]
    public async Task An_estimate_of_a_later_day_stays_readable_when_a_day_is_published()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Tuesday, 7));
        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Tuesday, 13));
        await scenario.CloseAsync(Scenario.Monday);

        (await EstimatedAsync(scenario)).Should().ContainSingle().Which.Should().Contain("Quantity = 7");
        (await scenario.Engine.Statements.ReadAsync("p1", CalendarPeriod.Week, Tuesday, includeEstimate: true)).Totals
            .Should().Equal(new Money(12, Currency.KRW));
    }

    [Fact]
    public async Task Reading_an_estimate_reads_the_estimated_days_twice_and_otherwise_what_a_statement_does()
    {
        await using var store = NewStore();
        var plan = FaultPlan.CountOnly();
        await using var scenario = await Scenario.StartAsync(store, use: s => store.Use(s, plan));
        var thursday = Scenario.Monday.AddDays(3);
        await scenario.LoadAsync([.. new DateRange(Scenario.Monday, thursday).Each().SelectMany((day, i) => new[]
        {
            Scenario.Event(2 * i + 1, day), Scenario.Event(2 * i + 2, day, item: "v2"),
        })]);
        await scenario.CloseAsync(Scenario.Monday);
        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(thursday, 13));
        var both = await CountAsync(
            () => scenario.Engine.Statements.ReadAsync("p1", CalendarPeriod.Week, thursday, includeEstimate: true));
        var estimated = await CountAsync(() => scenario.Engine.Estimates.ReadAsync("p1", CalendarPeriod.Week, thursday));
        var days = await CountAsync(() => scenario.Services.GetRequiredService<IEstimateStore>().FindAsync(default));
        await scenario.CloseAsync(thursday);
        var published = await CountAsync(() => scenario.Engine.Statements.ReadAsync("p1", CalendarPeriod.Week, thursday));

        // One row for each estimated day, before and after the lines; all lines are read by one statement, as those of a statement.
        (both - published).Should().Be(2 * days);
        (estimated - published).Should().Be(2 * days);

        async Task<long> CountAsync(Func<Task> read)
        {
            await read();
            var before = plan.Statements;
            await read();
            return plan.Statements - before;
        }
    }

    [Fact]
    public async Task More_open_days_than_the_limit_are_refused()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s =>
        {
            Scenario.UsualRates(s);
            s.Configure(o => o.Estimates.DaysMax = 2);
        });
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        (await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Tuesday, 1))).Days!.Value.Days.Should().Be(2);
        await scenario.Engine.Estimates.Invoking(e => e.RefreshAsync(Scenario.Instant(Tuesday.AddDays(1), 1)))
            .Should().ThrowAsync<EstimateRefusedException>().WithMessage("3 days are open, from 2024-07-01 to 2024-07-03, and at most 2*");
    }

    private static Task InsertAsync(StoreUnderTest store, int id, DateOnly day, long quantity, string payee) => store.ExecuteAsync(
        "INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity) VALUES "
        + $"({store.Literal(Scenario.Instant(day, 3))}, X'{Scenario.Id(id):N}', 'video.view', 'huge', '{payee}', {quantity})");

    private static async Task<List<string>> EstimatedAsync(Scenario scenario)
    {
        var lines = new List<string>();
        var all = new DateRange(BusinessCalendar.FirstDay, BusinessCalendar.LastDay);
        await foreach (var line in scenario.Engine.Estimates.ReadLinesAsync(all))
            lines.Add(line.ToString());
        return lines;
    }

    private static async Task<List<string>> StatementsAsync(Scenario scenario, bool includeEstimate)
    {
        var statements = new List<string>();
        foreach (var payee in new[] { "ann", "bob", "cid" })
        {
            var read = await scenario.Engine.Statements.ReadAsync(payee, CalendarPeriod.Year, Start, includeEstimate);
            statements.Add($"{payee} {string.Join(',', read.Totals)} {string.Join(',', read.Lines)} {string.Join(',', read.Quarantined)}");
        }

        return statements;
    }

    private static Task<LoadReport> LoadAsync(Scenario scenario, Random random, int first, int end)
    {
        var events = new List<UsageEvent> { Scenario.Event((first + 1) * 1_000, Start.AddDays(first), 3, "first", "ann") };
        for (var day = first; day < end; day++)
        {
            for (var i = 0; i < 12; i++)
            {
                var late = random.Next(3) == 0 ? random.Next(day + 1) : 0;
                var payee = new[] { "ann", "bob", "cid" }[random.Next(3)];
                var meter = random.Next(4) switch { 0 => "ad.view", 1 => "video.seconds", _ => "video.view" };
                events.Add(Scenario.Event(
                    (first + 1) * 1_000 + events.Count, Start.AddDays(day - late),
                    random.Next(5) == 0 ? -random.Next(1, 6) : random.Next(1, 30), random.Next(2) == 0 ? "a" : "b", payee, meter,
                    random.Next(24)));
            }
        }

        return scenario.LoadAsync([.. events]);
    }

    private static Action<SettlementBuilder> Rates(Random random, bool isLater)
    {
        var choice = new Random(random.Next());
        var periods = Enum.GetValues<CounterPeriod>();
        return settlement =>
        {
            settlement.Rates("video.view", rates =>
            {
                rates.Volume("a", new DateOnly(2024, 6, 1), Currency.KRW, [(20, 10.3m), (null, 5.1m)], CounterPeriod.Month);
                if (isLater)
                {
                    rates.Graduated("b", Start.AddDays(1), Currency.KRW, [(15, 20.7m), (null, 8m)], CounterPeriod.Month).Supersedes("a");
                    rates.Graduated(
                        "c", Start.AddDays(5), Currency.KRW, [(25, 3.3m), (null, 1.7m)], periods[choice.Next(periods.Length)]);
                }

                rates.Round(Rounding.Cumulative);
            });
            settlement.Rates("ad.view", rates =>
            {
                rates.Graduated("a", new DateOnly(2024, 6, 1), Currency.USD, [(10, 0.123m), (null, 0.045m)]);
                if (isLater)
                    rates.Volume("b", Start.AddDays(6), Currency.USD, [(10, 1.5m), (null, 0.7m)], CounterPeriod.Week);
            });
            settlement.Configure(o =>
            {
                (o.ChunkRowsMax, o.PartialsPerItemRange) = (3, 2);
                o.Pipeline = new PipelineOptions { Workers = 2, RetryDelay = TimeSpan.Zero };
            });
        };
    }
}
