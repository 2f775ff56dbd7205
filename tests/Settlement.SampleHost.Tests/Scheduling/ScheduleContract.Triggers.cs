using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Quartz;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Scheduling;

/// <summary>Triggers of the scheduler: shared by instances, and recovered after the death of one.</summary>
public abstract partial class ScheduleContract
{
    [Fact]
    public async Task Starting_instances_share_one_trigger_and_close_missed_days_once()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 2);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(3));
        await using var first = await platform.StartAnotherAsync(("Schedule:Enabled", "true"));
        await using var second = await platform.StartAnotherAsync(("Schedule:Enabled", "true"));

        var history = await platform.WhileAdvancingClockAsync(UntilEndAsync(first.Service<DayCloses>()));
        var scheduler = await second.Service<ISchedulerFactory>().GetScheduler(TestContext.Current.CancellationToken);
        var triggers = await scheduler.GetTriggersOfJob(CloseDueJob.Key, TestContext.Current.CancellationToken);

        var published = await first.Service<SettlementEngine>().Days.ListPublishedAsync(
            new DateRange(Day, Day.AddDays(2)), TestContext.Current.CancellationToken);

        // The clock runs ahead of the machine: the trigger may fire again while the first close still works on the same days.
        history.Should().OnlyContain(c => c.State == CloseState.Done && c.StartedBy == DayCloses.BySchedule);
        history.Max(c => c.Days).Should().BeInRange(1, 3);
        published.Select(d => d.RunId).Should().HaveCount(3).And.OnlyHaveUniqueItems("each day is published by one run");
        triggers.Count(t => t.Key.Name == CloseDueJob.Key.Name).Should().Be(1);
    }

    [Fact]
    public async Task A_trigger_reserved_by_a_dead_instance_is_recovered_and_reported_by_health()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 1);
        platform.Clock.SetUtcNow(PlatformUnderTest.Noon.AddDays(1));
        await using var host = await platform.StartAnotherAsync(("Schedule:Enabled", "true"));
        var closes = host.Service<DayCloses>();
        await UntilClosedAsync(platform, closes, count: 1);
        await UntilNothingFiresAsync(platform);
        await UntilHealthAsync(platform, host, entry => entry.Status == HealthStatus.Healthy);

        // As if an instance was killed after it reserved the trigger: no running instance fires it.
        var recovery = host.Service<IEnumerable<IHostedService>>().OfType<OverdueTriggerRecovery>().Single();
        await recovery.StopAsync(CancellationToken.None);
        await platform.Service<Database.PlatformDatabase>().WriteAsync(
            sql => sql.ExecuteAsync(
                "UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ACQUIRED' WHERE TRIGGER_NAME = @Name", new { CloseDueJob.Key.Name }),
            CancellationToken.None);
        platform.Clock.SetUtcNow(new DateTimeOffset(2026, 3, 12, 0, 17, 0, TimeSpan.FromHours(9)));

        await UntilHealthAsync(platform, host, entry =>
            entry.Status != HealthStatus.Healthy && entry.Description!.Contains(CloseDueJob.Key.Name, StringComparison.Ordinal));
        (await closes.ListAsync(null, 10, CancellationToken.None)).Should().ContainSingle("it was due at 0:11 but is not fired");

        await recovery.StartAsync(CancellationToken.None);
        var history = await UntilClosedAsync(platform, closes, count: 2);
        history[0].ThroughDay.Should().Be(Day.AddDays(1));
        history[0].StartedBy.Should().Be(DayCloses.BySchedule);
        await UntilHealthAsync(platform, host, entry => entry.Status == HealthStatus.Healthy);
    }

    /// <summary>Waits until only the daily trigger is left and no job is running.</summary>
    private static async Task UntilNothingFiresAsync(PlatformUnderTest platform)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (await platform.Service<Database.PlatformDatabase>().ReadAsync(
            sql => sql.ListAsync<string>("SELECT TRIGGER_NAME FROM QRTZ_TRIGGERS UNION ALL SELECT ENTRY_ID FROM QRTZ_FIRED_TRIGGERS"),
            timeout.Token)
            is not [var only] || only != CloseDueJob.Key.Name)
        {
            platform.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50, timeout.Token);
        }
    }

    /// <summary>Waits for a health status; the scheduler's threads need real time and the fake clock.</summary>
    private static async Task UntilHealthAsync(PlatformUnderTest platform, PlatformUnderTest host, Func<HealthReportEntry, bool> isReached)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            var report = await host.Service<HealthCheckService>().CheckHealthAsync(
                check => check.Name == "schedule", CancellationToken.None);
            if (isReached(report.Entries["schedule"]))
                return;
            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"The schedule is {report.Status}: {report.Entries["schedule"].Description}");
            platform.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>Advances the clock until closes are done; the scheduler's threads need real time between the steps.</summary>
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

    /// <summary>Waits until all closes have ended; Quartz uses its own threads and clock.</summary>
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
}
