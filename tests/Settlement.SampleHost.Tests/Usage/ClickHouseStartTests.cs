using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Tests.Api;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Usage;

/// <summary>The start and the pages of a host while ClickHouse answers with errors, or not at all.</summary>
public sealed class ClickHouseStartTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, "Code: 279, e.displayText() = DB::NetException: All connection tries failed. , e.what() = DB::NetException")]
    [InlineData(500, "Code: 1000. DB::Exception: Received from shard2:9000. Code: 210. DB::NetException: Connection refused")]
    [InlineData(500, "Code: 999. DB::Exception: Session expired")]
    [InlineData(503, "<html>No server is available</html>")]
    [InlineData(429, "Too many requests")]
    public async Task A_cluster_that_is_partly_down_is_logged_and_reported_until_it_answers(int status, string error)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        (server.ErrorStatus, server.ReadError) = (status, error);
        using var log = new RecordedLog();

        await using var platform = await StartAsync(server.Address, log);

        log.Entries.Should().ContainSingle(e => e.EventId == 421 && e.Level == LogLevel.Warning)
            .Which.Text.Should().Contain($"answered with status {status}: {error}").And.Contain("Plays are accepted");
        (await StateAsync(platform)).Should().Be("Degraded");
        server.ReadError = null;
        await Waiting.UntilAsync(async () =>
        {
            platform.Clock.Advance(TimeSpan.FromSeconds(1));
            return await StateAsync(platform) == "Healthy";
        });
    }

    [Theory]
    [InlineData(404, "Code: 60. DB::Exception: Table settlement.usage_events doesn't exist")]
    [InlineData(500, "Code: 60. DB::Exception: Received from shard2:9000. DB::Exception: Table settlement.plays_local doesn't exist")]
    [InlineData(403, "Code: 516. DB::Exception: me: Authentication failed")]
    [InlineData(500, "Code: 193, e.displayText() = DB::Exception: Wrong password for user me, e.what() = DB::Exception")]
    [InlineData(500, "Code: 497. DB::Exception: me: Not enough privileges")]
    [InlineData(500, "Code: 115. DB::Exception: Unknown setting insert_distributed_sync")]
    [InlineData(401, "<html>Log in</html>")]
    public async Task A_wrong_configuration_fails_the_start(int status, string error)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        (server.ErrorStatus, server.ReadError) = (status, error);

        var start = () => StartAsync(server.Address, new RecordedLog());

        (await start.Should().ThrowAsync<StartException>()).Which.Message.Should().Contain(error).And.Contain("clickhouse.sql");
    }

    [Fact]
    public async Task At_most_16_KiB_of_an_error_are_read()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.UnfinishedError = "Code: 241. DB::Exception: Memory limit exceeded ".PadRight(16 * 1024, 'x');
        using var log = new RecordedLog();

        await using var platform = await StartAsync(server.Address, log);

        log.Entries.Should().ContainSingle(e => e.EventId == 421).Which.Text.Should().Contain("Memory limit exceeded")
            .And.Match(text => text.Length < 1_000);
    }

    [Fact]
    public async Task Pages_and_reports_before_the_first_close_answer_while_ClickHouse_does_not()
    {
        using var log = new RecordedLog();
        await using var platform = await StartAsync(
            FormattableString.Invariant($"http://127.0.0.1:{LoopbackPort.Find()}"), log);
        log.Entries.Should().ContainSingle(e => e.EventId == 421 && e.Level == LogLevel.Warning);
        (await StateAsync(platform)).Should().Be("Degraded");
        var admin = await platform.LogInAsync("admin", "creator");
        var viewer = await platform.LogInAsync();
        using var browser = new TestBrowser(platform.Address);
        await browser.LogInAsync(admin.Email);
        foreach (var path in Paths())
            (await GetAsync(path)).Should(200);
        (await admin.GetAsync("/api/schedule")).Json.TryGetProperty("nextDay", out _).Should().BeFalse("there is no usage");

        var video = (await admin.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 700 })).Should(201).Json
            .GetProperty("videoId").GetString()!;
        await platform.ViewAsync(viewer, video);
        platform.Clock.Advance(TimeSpan.FromDays(2));
        await admin.AuthorizeAsync(PlatformUnderTest.Password);
        await browser.LogInAsync(admin.Email);

        foreach (var path in Paths())
            (await GetAsync(path)).Should(200);
        var next = (await GetAsync("/api/schedule")).Json.GetProperty("nextDay").GetString();
        next.Should().Be("2026-03-10", "it is the day of the earliest play");
        (await GetAsync("/api/settlement?period=month&date=2026-03-10")).Json.GetProperty("report").GetProperty("period")
            .GetProperty("openDays").GetInt32().Should().Be(3);
        (await GetAsync("/admin/runs")).Text.Should().Contain("id=\"waiting\"");

        var check = (await GetAsync("/api/schedule/check?through=2026-03-11")).Should(200).Json;
        (check.GetProperty("first").GetString(), check.GetProperty("days").GetInt32()).Should().Be(("2026-03-10", 2));
        check.GetProperty("amounts").GetProperty("reason").GetString().Should().Contain("ClickHouse at 127.0.0.1:");

        // A source that is asked is retried until the clock moves.
        Task<ApiAnswer> GetAsync(string path) => (path.StartsWith("/api/", StringComparison.Ordinal) ? admin : browser.Client)
            .GetAsync(path).WaitAsync(TimeSpan.FromMinutes(1), Cancelled);

        string[] Paths() =>
        [
            "/", "/videos", "/settlement", $"/settlement/statement?payee={admin.UserId}", "/studio", "/admin/runs", "/admin/rates",
            "/admin/corrections", "/api/settlement", "/api/schedule", "/api/schedule/closes",
        ];
    }

    [Fact]
    public async Task Checks_of_readiness_end_before_the_probe_does()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        await using var platform = await StartAsync(server.Address, new RecordedLog());

        var own = platform.Service<IOptions<HealthCheckServiceOptions>>().Value.Registrations
            .Where(r => r.Name is "usage" or "schema").ToDictionary(r => r.Name, r => r.Timeout);

        own.Should().HaveCount(2);
        own.Values.Should().OnlyContain(t => t > TimeSpan.Zero && t < ReadinessProbe.Timeout);
    }

    private static async Task<string?> StateAsync(PlatformUnderTest platform) => (await platform.Anonymous.GetAsync(HealthRoutes.Ready))
        .Should(200).Json.GetProperty("checks").GetProperty("usage").GetString();

    private static Task<PlatformUnderTest> StartAsync(string endpoint, RecordedLog log) => PlatformUnderTest.StartAsync(
        services => services.AddSingleton<ILoggerProvider>(log), mySql: null,
        ("Usage:ClickHouse:Endpoint", endpoint), ("Usage:ClickHouse:Delay", "00:00:00"));
}
