using System.Collections.Concurrent;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Tests.Usage;

/// <summary>Plays whose usage is kept in a ClickHouse cluster. Tests kill shards, so they don't run concurrently.</summary>
public sealed partial class ClickHouseUsageTests(ClickHouseForPlatform servers, MySqlForApi mySql) : IClassFixture<ClickHouseForPlatform>
{
    private static readonly DateOnly Day = new(2026, 3, 10);

    private readonly ConcurrentBag<UsageEvent> _events = [];
    private (string Key, string Value)[] _settings = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lines_are_the_same_as_of_the_event_table(bool isMySql)
    {
        await using var platform = await StartAsync(isMySql);
        await PlayAsync(platform);

        await CloseAsync(platform);

        await RequireSameLinesAsync(platform);
        var counted = await servers.Cluster.ExecuteAsync($"SELECT count() FROM {TableOf(platform)} FINAL");
        counted.Should().Be($"{_events.Count}", "the library's event table has none of them");
    }

    [Fact]
    public async Task Events_that_arrive_repeatedly_and_in_other_batches_count_once()
    {
        await using var platform = await StartAsync();
        await PlayAsync(platform);
        await platform.Service<PlayUsage>().ForwardAsync(DateTimeOffset.MaxValue, Cancelled);
        foreach (var some in _events.Chunk(2))
        {
            // As after a lost answer.
            await platform.Service<ClickHouseInserts>().InsertAsync([.. some.Select(Row)], Cancelled);
        }

        await CloseAsync(platform);

        await RequireSameLinesAsync(platform);
    }

    [Fact]
    public async Task A_dead_shard_stops_the_close_and_no_play()
    {
        await using var platform = await StartAsync();
        await PlayAsync(platform);
        await platform.Service<PlayUsage>().ForwardAsync(DateTimeOffset.MaxValue, Cancelled);
        servers.Cluster.Shards[1].Kill();
        try
        {
            await PlayAsync(platform);
            platform.Clock.Advance(TimeSpan.FromDays(1));
            var closes = platform.Service<DayCloses>();
            var run = await closes.BeginAsync("test", Day, Cancelled);
            await FluentActions.Awaiting(() => platform.WhileAdvancingClockAsync(closes.RunAsync(run, Cancelled))).Should()
                .ThrowAsync<ClickHouseUsageException>();

            var failed = await closes.FindAsync(run.CloseId, Cancelled);
            failed.State.Should().Be(CloseState.Failed);
            failed.Detail.Should().Contain("ClickHouse at 127.0.0.1:");
            (await platform.Service<SettlementEngine>().Days.ListPublishedAsync(new DateRange(Day, Day), Cancelled)).Should().BeEmpty();
            var ready = (await platform.Anonymous.GetAsync(HealthRoutes.Ready)).Should(200);
            ready.Json.GetProperty("checks").GetProperty("usage").GetString().Should().Be("Degraded");
        }
        finally
        {
            await servers.Cluster.RestartAsync(servers.Cluster.Shards[1]);
        }

        await CloseAsync(platform, days: 0);

        await RequireSameLinesAsync(platform);
    }

    [Fact]
    public async Task A_host_starts_while_a_shard_is_dead_and_reports_it()
    {
        var settings = await servers.CreateAsync();
        servers.Cluster.Shards[1].Kill();
        try
        {
            await using var platform = await PlatformUnderTest.StartAsync(Record, mySql: null, settings);

            var ready = (await platform.Anonymous.GetAsync(HealthRoutes.Ready)).Should(200);
            ready.Json.GetProperty("checks").GetProperty("usage").GetString().Should().Be("Degraded");
            await PlayAsync(platform);
            (await platform.Service<UsageOutbox>().FindEarliestAsync(Cancelled)).Should().NotBeNull();
        }
        finally
        {
            await servers.Cluster.RestartAsync(servers.Cluster.Shards[1]);
        }
    }

    [Fact]
    public async Task Another_instance_sends_the_events_of_one_that_stopped_before()
    {
        await using var platform = await StartAsync(isMySql: true, sends: false);
        await PlayAsync(platform);
        (await servers.Cluster.ExecuteAsync($"SELECT count() FROM {TableOf(platform)}")).Should().Be("0");
        await platform.StopAsync(Cancelled);
        await using var other = await platform.StartAnotherAsync(_settings);

        await CloseAsync(other);

        await RequireSameLinesAsync(other);
    }

    [Fact]
    public async Task A_play_that_is_committed_after_the_close_of_its_day_is_posted_to_the_next_one()
    {
        await using var platform = await StartAsync();
        await PlayAsync(platform);
        await CloseAsync(platform);
        var first = _events.First(e => e.Meter == PlatformMeters.Views);
        var late = new UsageEvent(Guid.NewGuid(), first.OccurredAt, first.Meter, first.ItemId, first.PayeeId, 1);

        await platform.Service<PlatformDatabase>().WriteAsync(
            sql => platform.Service<PlayUsage>().WriteAsync(sql, [late]), Cancelled);
        await CloseAsync(platform);

        var lines = await LinesAsync(platform.Service<SettlementEngine>());
        lines.Where(l => l.PostingDate > Day).Should().ContainSingle().Which.Should().Match<SettlementLine>(
            l => l.UsageDate == Day && l.Meter == late.Meter && l.ItemId == late.ItemId && l.Quantity == 1);
    }

    [Fact]
    public async Task The_nightly_close_reconciles_the_last_three_published_days()
    {
        await using var platform = await StartAsync();
        await PlayAsync(platform);
        await CloseAsync(platform, days: 4);
        var first = _events.First(e => e.Meter == PlatformMeters.Views);
        var late = Enumerable.Range(0, 4).Select(n => new UsageEvent(
            Guid.NewGuid(), first.OccurredAt.AddDays(n), first.Meter, first.ItemId, first.PayeeId, n + 1)).ToList();
        await platform.Service<PlatformDatabase>().WriteAsync(
            sql => platform.Service<PlayUsage>().WriteAsync(sql, late), Cancelled);

        await CloseAsync(platform);

        var lines = await LinesAsync(platform.Service<SettlementEngine>());
        lines.Where(l => l.PostingDate == Day.AddDays(4)).Select(l => (l.UsageDate, l.Quantity)).Should().BeEquivalentTo(
            [(Day.AddDays(1), 2L), (Day.AddDays(2), 3L), (Day.AddDays(3), 4L)], "a play is committed soon after it is counted");
    }

    [Fact]
    public async Task A_dry_run_contains_events_that_were_not_sent_yet()
    {
        await using var platform = await StartAsync(isMySql: false, sends: false);
        await PlayAsync(platform);
        platform.Clock.Advance(TimeSpan.FromDays(1));

        var amounts = (await platform.WhileAdvancingClockAsync(platform.Service<CloseCheck>().ReadAsync(Day, Cancelled))).Amounts!;
        await CloseAsync(platform, days: 0);

        amounts.Reason.Should().BeNull();
        var lines = await LinesAsync(platform.Service<SettlementEngine>());
        (amounts.Lines, amounts.Total).Should().Be((lines.Count, lines.Where(l => l.Price is not null).Sum(l => l.Amount)));
        amounts.Total.Should().BePositive();
    }

    [Fact]
    public async Task A_dry_run_names_the_reason_for_which_a_close_is_refused()
    {
        await using var platform = await StartAsync(isMySql: true);
        await PlayAsync(platform);
        await CloseAsync(platform);
        platform.Clock.Advance(TimeSpan.FromDays(1));

        // Published days name the source.
        await using var without = await platform.StartAnotherAsync();
        var outlook = await without.WhileAdvancingClockAsync(without.Service<CloseCheck>().ReadAsync(Day.AddDays(1), Cancelled));

        outlook.Days.Should().Be(new DateRange(Day.AddDays(1), Day.AddDays(1)));
        outlook.Amounts!.Reason.Should().Contain(ClickHouseUsageOptions.SourceName);
    }

    [Theory]
    [InlineData("", "doesn't exist")]
    [InlineData("event_id UUID, occurred_at Int64, item_id String, payee_id String, views Int64, seconds Int64", "ad_views")]
    [InlineData(ClickHouseForPlatform.Columns, "FINAL")]
    public async Task A_table_that_cannot_be_used_fails_the_start_with_a_remedy(string columns, string problem)
    {
        var database = await servers.CreateDatabaseAsync();
        if (columns.Length > 0)
            await servers.Cluster.ExecuteAsync($"CREATE TABLE {database}.usage_events ({columns}) ENGINE = MergeTree ORDER BY occurred_at");

        var start = () => PlatformUnderTest.StartAsync(settings: servers.SettingsOf(database));

        (await start.Should().ThrowAsync<StartException>()).WithMessage(
            $"Usage:ClickHouse: the table '{database}.usage_events' can't be used. ClickHouse at 127.0.0.1:*{problem}*ReplacingMergeTree*"
                + "clickhouse.sql*");
    }

    [Fact]
    public async Task The_estimate_of_today_contains_events_that_were_not_sent_yet()
    {
        await using var platform = await StartAsync(
            isMySql: false, sends: false, ("Schedule:Enabled", "true"), ("Estimates:Delay", "00:00:00"), ("Estimates:TimeShareMax", "1"));
        await PlayAsync(platform);
        var expected = _events.Where(e => e.Meter == PlatformMeters.Views).Sum(e => e.Quantity);

        var engine = platform.Service<SettlementEngine>();
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (await ViewsAsync() != expected)
        {
            // The clock moved by minutes while an earlier refresh ran, so that the next one waits for minutes of the clock.
            platform.Service<EstimateSignal>().Set();
            platform.Clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Delay(20, timeout.Token);
        }

        async Task<long> ViewsAsync() => (await engine.Estimates.ReadAsync(null, CalendarPeriod.Day, Day, timeout.Token)).Payees
            .SelectMany(p => p.Meters).Where(m => m.Meter == PlatformMeters.Views).Sum(m => m.Quantity);
    }

    [Fact]
    public async Task Plays_before_the_switch_are_settled_from_the_event_table_and_later_ones_from_ClickHouse()
    {
        await using var before = await PlatformUnderTest.StartAsync(Record, await mySql.CreateAsync());
        await PlayAsync(before);
        await CloseAsync(before);
        await PlayAsync(before);
        await using var platform = await before.StartAnotherAsync(Record, await servers.CreateAsync());
        await PlayAsync(platform);
        await CloseAsync(platform);

        await RequireSameLinesAsync(platform);
    }
}
