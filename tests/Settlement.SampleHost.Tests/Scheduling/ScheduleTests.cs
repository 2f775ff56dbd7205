using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Quartz;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Scheduling;

public abstract class ScheduleContract
{
    private static readonly DateOnly Day = new(2026, 3, 10);

    private protected abstract Task<PlatformUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Fact]
    public async Task Yesterday_is_closed_when_it_is_over_grace_included_and_missed_days_with_it()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 3);
        var closes = platform.Service<DayCloses>();

        closes.LastDue().Should().Be(Day.AddDays(-1));
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 3, 11, 0, 9, 59, TimeSpan.FromHours(9)));
        closes.LastDue().Should().Be(Day.AddDays(-1), "the grace is ten minutes");
        (await closes.CloseDueAsync(CancellationToken.None)).Should().BeNull();
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 3, 14, 0, 10, 0, TimeSpan.FromHours(9)));
        var run = await closes.CloseDueAsync(CancellationToken.None);

        run!.State.Should().Be(CloseState.Done);
        run.Days.Should().Be(4);
        run.Detail.Should().Be("Closed 2026-03-10 to 2026-03-13: 3 events.");
        (await closes.CloseDueAsync(CancellationToken.None)).Should().BeNull("nothing is due any more");
    }

    [Fact]
    public async Task Too_many_days_are_not_closed_without_anybody_and_an_admin_closes_them()
    {
        await using var platform = await StartAsync(("Schedule:CatchUpDaysMax", "3"));
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(10));
        var admin = await platform.LogInAsync("admin");

        var held = await platform.Service<DayCloses>().CloseDueAsync(CancellationToken.None);
        (await platform.Service<DayCloses>().CloseDueAsync(CancellationToken.None))!.CloseId.Should().Be(held!.CloseId, "it is said once a day");
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        var started = (await admin.PostAsync("/api/schedule/closes", new { through = "2026-03-12" })).Should(202);
        await platform.Service<ManualCloses>().WhenIdleAsync();
        var events = (await admin.GetAsync($"{started.Headers["Location"]}/events")).Should(200);
        var history = (await admin.GetAsync("/api/schedule/closes")).Should(200).Json.GetProperty("items");

        held.State.Should().Be(CloseState.Held);
        held.Detail.Should().Contain("10 days").And.Contain("by hand");
        events.Headers["Content-Type"].Should().StartWith("text/event-stream");
        events.Text.Should().Contain("event: close").And.Contain("\"state\":\"done\"");
        history.EnumerateArray().Select(c => c.GetProperty("state").GetString()).Should().Equal("done", "held");
        history[0].GetProperty("startedBy").GetString().Should().Be(admin.UserId);
        (await admin.GetAsync("/api/schedule")).Should(200).Json.GetProperty("nextDay").GetString().Should().Be("2026-03-13");
        (await admin.GetAsync("/api/schedule/runs")).Should(200).Json.GetArrayLength().Should().Be(3);
        (await admin.PostAsync("/api/schedule/closes", new { through = "2026-03-20" })).ShouldBeProblem(400, "2026-03-19");
        (await admin.GetAsync("/api/schedule/closes/nothing")).ShouldBeProblem(404);
        (await admin.GetAsync("/api/schedule/runs/1/incidents")).Should(200);
        (await admin.GetAsync("/api/schedule/runs/999/incidents")).ShouldBeProblem(404, "999");
    }

    [Fact]
    public async Task Two_hosts_that_close_at_once_close_a_day_once()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        await LoadAsync(platform, 50);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(1));

        var runs = await platform.WhileAdvancingClockAsync(Task.WhenAll(
            platform.Service<DayCloses>().CloseDueAsync(CancellationToken.None), other.Service<DayCloses>().CloseDueAsync(CancellationToken.None)));

        runs.OfType<CloseRun>().Should().OnlyContain(r => r.State == CloseState.Done);
        (await platform.Service<SettlementEngine>().Pipelines.ListRunsAsync(10)).Should().ContainSingle().Which.Rows.Should().Be(50);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"through":null}""")]
    [InlineData("""{"through":""}""")]
    public async Task A_close_that_names_no_day_closes_nothing(string? body)
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(3));
        var admin = await platform.LogInAsync("admin");

        var answer = await admin.PostAsync("/api/schedule/closes", body is null ? null : System.Text.Json.JsonDocument.Parse(body).RootElement);

        answer.ShouldBeProblem(400, "through is missing");
        (await admin.GetAsync("/api/schedule/closes")).Json.GetProperty("items").GetArrayLength().Should().Be(0);
        (await platform.Service<SettlementEngine>().Days.FindNextAsync()).Should().Be(Day);
    }

    [Fact]
    public async Task A_close_is_cancelled_at_another_host_and_one_that_is_over_is_not()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(40));
        var admin = await platform.LogInAsync("admin");
        var closes = platform.Service<DayCloses>();
        var run = await closes.BeginAsync(admin.UserId, Day.AddDays(30), CancellationToken.None);

        await other.Service<DayCloses>().CancelAsync(run.CloseId, admin.UserId, CancellationToken.None);
        var ended = await platform.WhileAdvancingClockAsync(closes.RunAsync(run, CancellationToken.None));

        ended.State.Should().Be(CloseState.Cancelled);
        (await admin.GetAsync($"/api/schedule/closes/{run.CloseId}")).Json.GetProperty("state").GetString().Should().Be("cancelled");
        (await admin.PostAsync($"/api/schedule/closes/{run.CloseId}/cancel")).ShouldBeProblem(409, "is over");
        (await platform.Service<SettlementEngine>().Days.FindNextAsync()).Should().Be(Day, "it was cancelled before it began");
    }

    [Fact]
    public async Task A_close_whose_host_is_gone_is_shown_as_lost()
    {
        await using var platform = await StartAsync();
        var run = await platform.Service<DayCloses>().BeginAsync("test", Day.AddDays(-1), CancellationToken.None);

        platform.Clock.Advance(TimeSpan.FromSeconds(61));

        (await platform.Service<DayCloses>().FindAsync(run.CloseId, CancellationToken.None)).State.Should().Be(CloseState.Lost);
    }

    [Fact]
    public async Task Hosts_that_start_close_what_was_missed_once_and_share_one_trigger()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 2);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(3));
        await using var first = await platform.StartAnotherAsync(("Schedule:Enabled", "true"));
        await using var second = await platform.StartAnotherAsync(("Schedule:Enabled", "true"));

        var history = await platform.WhileAdvancingClockAsync(UntilEndAsync(first.Service<DayCloses>()));
        var scheduler = await second.Service<ISchedulerFactory>().GetScheduler(TestContext.Current.CancellationToken);
        var triggers = await scheduler.GetTriggersOfJob(CloseDueJob.Key, TestContext.Current.CancellationToken);

        history.Should().OnlyContain(c => c.State == CloseState.Done && c.StartedBy == DayCloses.BySchedule);
        history.Sum(c => c.Days).Should().Be(3, "each day once");
        triggers.Count(t => t.Key.Name == CloseDueJob.Key.Name).Should().Be(1);
    }

    [Fact]
    public async Task A_trigger_that_a_dead_instance_had_reserved_fires_and_while_it_does_not_health_says_so()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(1));
        await using var host = await platform.StartAnotherAsync(("Schedule:Enabled", "true"));
        var closes = host.Service<DayCloses>();
        await UntilClosedAsync(platform, closes, count: 1);
        await UntilNothingFiresAsync(platform);
        await UntilHealthAsync(platform, host, entry => entry.Status == HealthStatus.Healthy);

        // Killed between reserving the trigger and firing it: no instance of the schedule has reserved it, and none fires it.
        var recovery = host.Service<IEnumerable<IHostedService>>().OfType<OverdueTriggerRecovery>().Single();
        await recovery.StopAsync(CancellationToken.None);
        await platform.Service<Database.PlatformDatabase>().WriteAsync(
            sql => sql.ExecuteAsync("UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ACQUIRED' WHERE TRIGGER_NAME = @Name", new { CloseDueJob.Key.Name }),
            CancellationToken.None);
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 3, 12, 0, 17, 0, TimeSpan.FromHours(9)));

        await UntilHealthAsync(platform, host, entry => entry.Status != HealthStatus.Healthy && entry.Description!.Contains(CloseDueJob.Key.Name, StringComparison.Ordinal));
        (await closes.ListAsync(null, 10, CancellationToken.None)).Should().ContainSingle("it was due at 0:11, and nobody fires it");

        await recovery.StartAsync(CancellationToken.None);
        var history = await UntilClosedAsync(platform, closes, count: 2);
        history[0].ThroughDay.Should().Be(Day.AddDays(1));
        history[0].StartedBy.Should().Be(DayCloses.BySchedule);
        await UntilHealthAsync(platform, host, entry => entry.Status == HealthStatus.Healthy);
    }

    /// <summary>What fired at the start is over: the daily trigger is the only one left, and waits.</summary>
    private static async Task UntilNothingFiresAsync(PlatformUnderTest platform)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (await platform.Service<Database.PlatformDatabase>().ReadAsync(
            sql => sql.ListAsync<string>("SELECT TRIGGER_NAME FROM QRTZ_TRIGGERS UNION ALL SELECT ENTRY_ID FROM QRTZ_FIRED_TRIGGERS"), timeout.Token)
            is not [var only] || only != CloseDueJob.Key.Name)
        {
            platform.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50, timeout.Token);
        }
    }

    /// <summary>The schedule has threads of its own: they get real time, and seconds of the clock.</summary>
    private static async Task UntilHealthAsync(PlatformUnderTest platform, PlatformUnderTest host, Func<HealthReportEntry, bool> isReached)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            var report = await host.Service<HealthCheckService>().CheckHealthAsync(check => check.Name == "schedule", CancellationToken.None);
            if (isReached(report.Entries["schedule"]))
                return;
            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"The schedule is {report.Status}: {report.Entries["schedule"].Description}");
            platform.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>Lets seconds go by: each once the schedule had real time to do something about the last.</summary>
    private static async Task<IReadOnlyList<CloseRun>> UntilClosedAsync(PlatformUnderTest platform, DayCloses closes, int count)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            var history = await closes.ListAsync(null, 10, timeout.Token);
            if (history.Count == count && history.All(c => c.State == CloseState.Done))
                return history;
            platform.Clock.Advance(TimeSpan.FromSeconds(history.Count == count ? 1 : 10));
            await Task.Delay(50, timeout.Token);
        }
    }

    private protected static DateOnly FirstDay => Day;

    /// <summary>Quartz has threads and a clock of its own.</summary>
    private static async Task<IReadOnlyList<CloseRun>> UntilEndAsync(DayCloses closes)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            var history = await closes.ListAsync(null, 10, timeout.Token);
            if (history.Count > 0 && history.All(c => c.State != CloseState.Running))
                return history;
            await Task.Delay(50, timeout.Token);
        }
    }

    private protected static async Task LoadAsync(PlatformUnderTest platform, int events) => await platform.Service<SettlementEngine>().Events.LoadAsync(
        Enumerable.Range(1, events).Select(i => new UsageEvent(
            Guid.Parse(SampleProgram.Id(i)), PlatformUnderTest.Noon, PlatformMeters.Views, $"v{i}", "ann", 1)).ToAsyncEnumerable());
}

public sealed class SqliteScheduleTests : ScheduleContract
{
    private protected override Task<PlatformUnderTest> StartAsync(params (string Key, string Value)[] settings) =>
        PlatformUnderTest.StartAsync(settings: settings);

    [Fact]
    public async Task A_close_that_fails_says_how_many_days_it_published()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(4));
        await platform.Service<Database.PlatformDatabase>().WriteAsync(
            sql => sql.ExecuteAsync(
                """
                CREATE TRIGGER third_day BEFORE INSERT ON business_days WHEN (SELECT COUNT(*) FROM business_days) = 2
                BEGIN SELECT RAISE(FAIL, 'The third day fails.'); END
                """),
            CancellationToken.None);
        var closes = platform.Service<DayCloses>();

        var closing = () => platform.WhileAdvancingClockAsync(closes.CloseDueAsync(CancellationToken.None));

        await closing.Should().ThrowAsync<Microsoft.Data.Sqlite.SqliteException>();
        var failed = (await closes.ListAsync(null, 10, CancellationToken.None)).Should().ContainSingle().Which;
        failed.State.Should().Be(CloseState.Failed);
        failed.Days.Should().Be(2);
        (await platform.Service<SettlementEngine>().Days.FindNextAsync()).Should().Be(FirstDay.AddDays(2));
    }
}

public sealed class MySqlScheduleTests(MySqlForApi server) : ScheduleContract
{
    private protected override async Task<PlatformUnderTest> StartAsync(params (string Key, string Value)[] settings) =>
        await PlatformUnderTest.StartAsync(await server.CreateAsync(), settings);

    [Fact]
    public async Task A_close_that_waits_for_a_writer_is_cancelled_meanwhile()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(3));
        var admin = await platform.LogInAsync("admin");
        await using var connection = platform.Service<Database.PlatformDatabase>().Open();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted);
        await platform.Service<SettlementEngine>().Writer.WriteAsync(
            transaction, [new UsageEvent(Guid.NewGuid(), PlatformUnderTest.Noon, PlatformMeters.Views, "held", "ann", 1)]);

        // While that transaction is open no close of its day can begin: this one is still under way when it is cancelled.
        var run = await platform.Service<DayCloses>().BeginAsync(admin.UserId, FirstDay.AddDays(1), CancellationToken.None);
        var running = platform.Service<DayCloses>().RunAsync(run, CancellationToken.None);
        await other.Service<DayCloses>().CancelAsync(run.CloseId, admin.UserId, CancellationToken.None);
        var ended = await platform.WhileAdvancingClockAsync(running);

        ended.State.Should().Be(CloseState.Cancelled);
        (await platform.Service<SettlementEngine>().Days.FindNextAsync()).Should().Be(FirstDay);
    }

    [Fact]
    public async Task A_close_that_is_cancelled_says_how_many_days_it_published()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(3));
        var closes = platform.Service<DayCloses>();
        var run = await closes.BeginAsync("test", FirstDay.AddDays(1), CancellationToken.None);
        var database = platform.Service<Database.PlatformDatabase>();

        // The first day waits at its publication until a writer is there that the second one waits for.
        await using var holder = database.Open();
        (await Dapper.SqlMapper.ExecuteScalarAsync<long>(holder, $"SELECT GET_LOCK('{run.CloseId}', 0)")).Should().Be(1);
        await database.WriteAsync(
            sql => sql.ExecuteAsync(
                $"""
                CREATE TRIGGER publication BEFORE UPDATE ON business_days FOR EACH ROW
                DO IF(NEW.state = 'published', GET_LOCK('{run.CloseId}', 300), 0)
                """),
            CancellationToken.None);
        var running = closes.RunAsync(run, CancellationToken.None);
        await UntilAsync(platform, async () => await database.ReadAsync(
            sql => sql.FindAsync<long>("SELECT COUNT(*) FROM business_days"), CancellationToken.None) == 1);
        await using var connection = database.Open();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted);
        await platform.Service<SettlementEngine>().Writer.WriteAsync(
            transaction, [new UsageEvent(Guid.NewGuid(), PlatformUnderTest.Noon.AddDays(1), PlatformMeters.Views, "held", "ann", 1)]);
        await Dapper.SqlMapper.ExecuteAsync(holder, $"DO RELEASE_LOCK('{run.CloseId}')");
        await UntilAsync(platform, async () => await platform.Service<SettlementEngine>().Days.FindNextAsync() > FirstDay);
        await closes.CancelAsync(run.CloseId, "test", CancellationToken.None);
        var ended = await platform.WhileAdvancingClockAsync(running);

        ended.State.Should().Be(CloseState.Cancelled);
        ended.Days.Should().Be(1);
        (await closes.FindAsync(run.CloseId, CancellationToken.None)).Days.Should().Be(1);
        (await platform.Service<SettlementEngine>().Days.FindNextAsync()).Should().Be(FirstDay.AddDays(1));
    }

    private static async Task UntilAsync(PlatformUnderTest platform, Func<Task<bool>> isReached)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (!await isReached())
        {
            platform.Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(10, timeout.Token);
        }
    }
}
