using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Tests.Pages;
using Settlements;

namespace Settlement.SampleHost.Tests.Scheduling;

/// <summary>Estimates of the open day: at the start, after a play, and at the interval.</summary>
public abstract partial class ScheduleContract
{
    /// <summary>The next refresh may begin after the time that this one took, so that the test advances its clock little.</summary>
    private static readonly (string Key, string Value) Share = ("Estimates:TimeShareMax", "1");

    [Fact]
    public async Task The_estimate_is_refreshed_at_the_start_and_seconds_after_a_play()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 2);
        await using var host = await platform.StartAnotherAsync(("Schedule:Enabled", "true"), ("Estimates:Interval", "1.00:00:00"), Share);
        var first = await UntilEstimatedAsync(host, views: 2);
        var (_, videoId) = await host.RegisterAsync(lengthSeconds: 100);
        await host.ViewAsync(await host.LogInAsync(), videoId);
        var second = await UntilEstimatedAsync(host, views: 3); // fails long before the end of the interval

        second.AsOf.Should().BeAfter(first.AsOf);
        second.EstimatedDays.Should().Be(new DateRange(Day, Day));
        (await host.Service<SettlementEngine>().Statements.ReadAllAsync(CalendarPeriod.Day, Day)).Payees.Should().BeEmpty();
    }

    [Fact]
    public async Task The_estimate_is_refreshed_at_the_interval()
    {
        await using var platform = await StartAsync();
        await LoadAsync(platform, 1);
        await using var host = await platform.StartAnotherAsync(("Schedule:Enabled", "true"), ("Estimates:Interval", "00:01:00"), Share);
        await UntilEstimatedAsync(host, views: 1);
        await LoadAsync(platform, 2);

        await UntilEstimatedAsync(host, views: 2);
    }

    [Fact]
    public async Task Two_instances_refresh_the_estimate_once_in_an_interval()
    {
        (string Key, string Value)[] settings = [("Schedule:Enabled", "true"), ("Estimates:Interval", "00:10:00"), Share];
        await using var platform = await StartAsync();
        await LoadAsync(platform, 1);
        await using var first = await platform.StartAnotherAsync(settings);
        var begun = await UntilEstimatedAsync(first, views: 1);
        platform.Clock.Advance(TimeSpan.FromMinutes(5));
        await using var second = await platform.StartAnotherAsync(settings);
        var instants = new List<DateTimeOffset>();

        // Half a minute at a time: both would refresh in each interval, five minutes apart.
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (instants.Count < 4 || instants[^1] - instants[1] < TimeSpan.FromMinutes(25))
        {
            var read = (await second.Service<SettlementEngine>().Estimates.ReadAsync(
                null, CalendarPeriod.Day, Day, timeout.Token)).Estimate;
            read.Should().NotBeNull("the day stays estimated");
            if (!instants.Contains(read!.AsOf))
                instants.Add(read.AsOf);
            platform.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(20, timeout.Token);
        }

        instants[0].Should().Be(begun.AsOf);
        instants.Skip(1).Zip(instants.Skip(2), (a, b) => b - a).Should().OnlyContain(apart => apart >= TimeSpan.FromMinutes(10));
    }

    /// <summary>
    /// Advances the clock until the estimate has a number of views. During a refresh, only as retries of the database need it: the time of
    /// a refresh delays the next one.
    /// </summary>
    private static async Task<StatementEstimate> UntilEstimatedAsync(PlatformUnderTest host, long views)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            var estimate = await host.Service<SettlementEngine>().Estimates.ReadAsync(null, CalendarPeriod.Day, Day, timeout.Token);
            var units = estimate.Payees.SelectMany(p => p.Meters).Where(m => m.Meter == PlatformMeters.Views).Sum(m => m.Quantity);
            if (estimate.Estimate is { } of && units == views)
                return of;
            var refreshes = await host.Service<Database.PlatformDatabase>().ReadAsync(
                sql => sql.FindAsync<long>(
                    "SELECT COUNT(*) FROM pipeline_runs WHERE pipeline = @name AND state = 'running'",
                    new { name = UsageEstimates.PipelineName }),
                timeout.Token);
            host.Clock.Advance(refreshes > 0 ? TimeSpan.FromMilliseconds(10) : TimeSpan.FromSeconds(1));
            await Task.Delay(50, timeout.Token);
        }
    }
}
