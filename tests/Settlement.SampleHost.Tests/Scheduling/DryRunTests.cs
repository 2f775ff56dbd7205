using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Tests.Pages;
using Settlement.SampleHost.Tests.Usage;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Tests.Scheduling;

/// <summary>A dry run that can't estimate the amounts says why, and what else the close would do.</summary>
public sealed class DryRunTests
{
    private static readonly DateOnly Day = new(2026, 3, 10);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 20)]
    [InlineData("00:00:05", 5)]
    public async Task Its_estimate_ends_after_the_configured_time(string? setting, int seconds)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        var (reached, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.OnInsert = async _ =>
        {
            reached.TrySetResult();
            await released.Task;
            return null;
        };
        await using var platform = await PlatformUnderTest.StartAsync(
            services => services.Remove(services.Single(s => s.ImplementationType == typeof(UsageForwarder))), mySql: null,
            [("Usage:ClickHouse:Endpoint", server.Address), .. setting is null ? [] : new[] { ("Schedule:DryRunTimeout", setting) }]);
        await WatchAsync(platform);

        var check = platform.Service<CloseCheck>().ReadAsync(Day, Cancelled);
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancelled);
        platform.Clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        check.IsCompleted.Should().BeFalse();
        platform.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var outlook = await check.WaitAsync(TimeSpan.FromMinutes(5), Cancelled);
        released.TrySetResult();

        outlook.Days.Should().Be(new DateRange(Day, Day));
        outlook.Amounts!.AsOf.Should().BeNull();
        outlook.Amounts.Reason.Should().Contain($"takes longer than {seconds} s").And.Contain("Schedule:DryRunTimeout");
    }

    [Theory]
    [InlineData("00:00:00.5")]
    [InlineData("00:10:01")]
    public async Task An_invalid_time_fails_the_start(string value) =>
        (await FluentActions.Awaiting(() => PlatformUnderTest.StartAsync(settings: ("Schedule:DryRunTimeout", value))).Should()
            .ThrowAsync<Exception>()).WithMessage("*Schedule:DryRunTimeout*00:00:01 to 00:10:00*");

    [Fact]
    public async Task Usage_that_can_not_be_forwarded_is_the_reason()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.OnInsert = _ => Task.FromResult<string?>("Code: 252. DB::Exception: Too many parts");
        await using var platform = await StartAsync(server);
        await WatchAsync(platform);

        (await ReasonAsync(platform, Day)).Should().Contain("Too many parts");
    }

    [Fact]
    public async Task A_source_that_can_not_be_read_is_the_reason_after_usage_was_forwarded()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        await using var platform = await StartAsync(server);
        await WatchAsync(platform);
        server.ReadError = "Code: 60. DB::Exception: Table settlement.usage_events doesn't exist";

        (await ReasonAsync(platform, Day)).Should().Contain("usage_events doesn't exist");

        server.Inserts.Should().NotBeEmpty("usage is forwarded before it is estimated");
        (await platform.Service<UsageOutbox>().FindEarliestAsync(Cancelled)).Should().BeNull();
    }

    [Fact]
    public async Task More_open_days_than_an_estimate_may_have_are_the_reason()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await WatchAsync(platform);
        await platform.CloseDayAsync();
        platform.Clock.Advance(TimeSpan.FromDays(60));

        (await ReasonAsync(platform, Day.AddDays(40))).Should().Contain("31");
    }

    private static Task<PlatformUnderTest> StartAsync(ScriptedClickHouse server) => PlatformUnderTest.StartAsync(
        services => services.Remove(services.Single(s => s.ImplementationType == typeof(UsageForwarder))), mySql: null,
        ("Usage:ClickHouse:Endpoint", server.Address));

    private static async Task WatchAsync(PlatformUnderTest platform)
    {
        var creator = await platform.LogInAsync("creator");
        var video = (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 100 })).Should(201).Json
            .GetProperty("videoId").GetString()!;
        await platform.ViewAsync(await platform.LogInAsync(), video);

        // Events of the current instant are sent later.
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    private static async Task<string?> ReasonAsync(PlatformUnderTest platform, DateOnly through)
    {
        var outlook = await platform.Service<CloseCheck>().ReadAsync(through, Cancelled).WaitAsync(TimeSpan.FromMinutes(5), Cancelled);
        outlook.Days.Should().NotBeNull();
        (outlook.Amounts!.AsOf, outlook.Amounts.Total, outlook.Amounts.Lines).Should().Be((null, 0m, 0L));
        return outlook.Amounts.Reason;
    }
}
