using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Scheduling;

/// <summary>Scheduled and manual closes; for each store.</summary>
public abstract partial class ScheduleContract
{
    private static readonly DateOnly Day = new(2026, 3, 10);

    private protected abstract Task<PlatformUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Fact]
    public async Task Due_and_missed_days_are_closed_after_the_grace_period()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 3);
        var closes = platform.Service<DayCloses>();

        closes.LastDue().Should().Be(Day.AddDays(-1));
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 3, 11, 0, 9, 59, TimeSpan.FromHours(9)));
        closes.LastDue().Should().Be(Day.AddDays(-1), "the grace period is ten minutes");
        (await closes.CloseDueAsync(CancellationToken.None)).Should().BeNull();
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 3, 14, 0, 10, 0, TimeSpan.FromHours(9)));
        var run = await closes.CloseDueAsync(CancellationToken.None);

        run!.State.Should().Be(CloseState.Done);
        run.Days.Should().Be(4);
        run.Detail.Should().Be("Closed 2026-03-10 to 2026-03-13: 3 events.");
        (await closes.CloseDueAsync(CancellationToken.None)).Should().BeNull("no day is due");
    }

    [Fact]
    public async Task Too_many_due_days_are_held_until_an_admin_closes_them()
    {
        await using var platform = await StartAsync(("Schedule:CatchUpDaysMax", "3"));
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(10));
        var admin = await platform.LogInAsync("admin");

        var held = await platform.Service<DayCloses>().CloseDueAsync(CancellationToken.None);
        (await platform.Service<DayCloses>().CloseDueAsync(CancellationToken.None))!.CloseId.Should().Be(
            held!.CloseId, "it is recorded once a day");
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        var started = (await admin.PostAsync("/api/schedule/closes", new { through = "2026-03-12" })).Should(202);
        await platform.Service<ManualCloses>().WhenIdleAsync();
        var events = (await admin.GetAsync($"{started.Headers["Location"]}/events")).Should(200);
        var history = (await admin.GetAsync("/api/schedule/closes")).Should(200).Json.GetProperty("items");

        held.State.Should().Be(CloseState.Held);
        held.Detail.Should().Contain("10 days").And.Contain("manually");
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
    public async Task Concurrent_closes_of_two_instances_close_a_day_once()
    {
        await using var platform = await StartAsync();
        await using var other = await platform.StartAnotherAsync();
        await LoadAsync(platform, 50);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(1));

        var runs = await platform.WhileAdvancingClockAsync(Task.WhenAll(
            platform.Service<DayCloses>().CloseDueAsync(CancellationToken.None), other.Service<DayCloses>()
                .CloseDueAsync(CancellationToken.None)));

        runs.OfType<CloseRun>().Should().OnlyContain(r => r.State == CloseState.Done);
        (await platform.Service<SettlementEngine>().Pipelines.ListRunsAsync(10)).Should().ContainSingle().Which.Rows.Should().Be(50);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"through":null}""")]
    [InlineData("""{"through":""}""")]
    public async Task A_close_without_a_day_is_rejected(string? body)
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(3));
        var admin = await platform.LogInAsync("admin");

        var answer = await admin.PostAsync(
            "/api/schedule/closes", body is null ? null : System.Text.Json.JsonDocument.Parse(body).RootElement);

        answer.ShouldBeProblem(400, "through is missing");
        (await admin.GetAsync("/api/schedule/closes")).Json.GetProperty("items").GetArrayLength().Should().Be(0);
        (await platform.Service<SettlementEngine>().Days.FindNextAsync()).Should().Be(Day);
    }

    [Fact]
    public async Task A_running_close_can_be_cancelled_from_another_instance()
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
        (await admin.PostAsync($"/api/schedule/closes/{run.CloseId}/cancel")).ShouldBeProblem(409, "has ended");
        (await platform.Service<SettlementEngine>().Days.FindNextAsync()).Should().Be(Day, "it was cancelled before it started");
    }

    [Fact]
    public async Task A_close_of_a_dead_instance_is_reported_as_lost()
    {
        await using var platform = await StartAsync();
        var run = await platform.Service<DayCloses>().BeginAsync("test", Day.AddDays(-1), CancellationToken.None);

        platform.Clock.Advance(TimeSpan.FromSeconds(61));

        (await platform.Service<DayCloses>().FindAsync(run.CloseId, CancellationToken.None)).State.Should().Be(CloseState.Lost);
    }

    private protected static DateOnly FirstDay => Day;

    private protected static async Task LoadAsync(PlatformUnderTest platform, int events) =>
        await platform.Service<SettlementEngine>().Events.LoadAsync(
        Enumerable.Range(1, events).Select(i => new UsageEvent(
            Guid.Parse(SampleProgram.Id(i)), PlatformUnderTest.Noon, PlatformMeters.Views, $"v{i}", "ann", 1)).ToAsyncEnumerable());
}
