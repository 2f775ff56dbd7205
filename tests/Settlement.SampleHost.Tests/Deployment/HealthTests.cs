using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Tests.Pages;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Tests.Deployment;

public sealed class HealthTests
{
    [Fact]
    public async Task A_started_host_is_live_and_ready()
    {
        await using var platform = await PlatformUnderTest.StartAsync(settings: ("Schedule:Enabled", "true"));

        // The scheduler starts asynchronously after the host.
        var ready = (await UntilScheduledAsync(platform)).Should(200).Json;

        (await platform.Anonymous.GetAsync(HealthRoutes.Live)).Should(200).Json.GetProperty("status").GetString().Should().Be("Healthy");
        ready.GetProperty("checks").EnumerateObject().ToDictionary(c => c.Name, c => c.Value.GetString()).Should().BeEquivalentTo(
            new Dictionary<string, string>
            {
                ["database"] = "Healthy", ["schema"] = "Healthy", ["stopping"] = "Healthy", ["schedule"] = "Healthy",
            });
    }

    [Fact]
    public async Task The_scheduler_starts_after_its_delay()
    {
        await using var platform = await PlatformUnderTest.StartAsync(
            settings: [("Schedule:Enabled", "true"), ("Schedule:StartDelay", "00:00:30")]);

        // The host answers requests already.
        Schedule((await platform.Anonymous.GetAsync(HealthRoutes.Ready)).Should(200)).Should().Be("Degraded");
        var answer = await platform.WhileAdvancingClockAsync(UntilScheduledAsync(platform));

        Schedule(answer.Should(200)).Should().Be("Healthy");
    }

    private static string? Schedule(ApiAnswer answer) => answer.Json.GetProperty("checks").GetProperty("schedule").GetString();

    /// <summary>Waits until the scheduler has started, at most five minutes.</summary>
    private static async Task<ApiAnswer> UntilScheduledAsync(PlatformUnderTest platform)
    {
        var answer = await platform.Anonymous.GetAsync(HealthRoutes.Ready);
        for (var tries = 0; tries < 3_000 && Schedule(answer) != "Healthy"; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
            answer = await platform.Anonymous.GetAsync(HealthRoutes.Ready);
        }

        return answer;
    }

    [Fact]
    public async Task The_quarantine_check_is_visible_to_admins_only()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var admin = await platform.LogInAsync(Roles.Admin);

        var answer = (await admin.GetAsync(HealthRoutes.Quarantined)).Should(200).Json;

        answer.GetProperty("checks").GetProperty("quarantine").GetString().Should().Be("Healthy");
        (await (await platform.LogInAsync()).GetAsync(HealthRoutes.Quarantined)).Should(403);
    }

    [Theory]
    [InlineData("DELETE FROM platform_schema WHERE number > 1")]
    [InlineData("INSERT INTO platform_schema (number, file, applied_at) VALUES (99, 'from a newer program', 0)")]
    public async Task A_host_with_older_or_newer_tables_is_live_but_not_ready(string change)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await platform.Service<PlatformDatabase>().WriteAsync(sql => sql.ExecuteAsync(change), CancellationToken.None);

        var ready = (await platform.Anonymous.GetAsync(HealthRoutes.Ready)).Should(503).Json;

        ready.GetProperty("checks").GetProperty("schema").GetString().Should().Be("Unhealthy");
        (await platform.Anonymous.GetAsync(HealthRoutes.Live)).Should(200);
    }

    [Theory]
    [InlineData("IMMEDIATE", false)]
    [InlineData("EXCLUSIVE", true)]
    public async Task A_locked_database_file_is_reported_within_the_timeout(string kind, bool isExclusive)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await using var other = new SqliteConnection($"{platform.ConnectionString};Default Timeout=1;Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        if (isExclusive)
            await LeaveWalAsync();
        await ExecuteAsync($"BEGIN {kind}");

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => platform.Anonymous.GetAsync(HealthRoutes.Ready)));
        await ExecuteAsync("ROLLBACK");

        answers.Should().OnlyContain(a => a.Status == (isExclusive ? 503 : 200));
        if (isExclusive)
            answers.Should().OnlyContain(a => a.Text.Contains("No response within 5 s"), "SQLite waits for a lock for 30 s");

        // Readers of a WAL database never wait. WAL can be left only while no other connection is open, in a pool or in the host.
        async Task LeaveWalAsync()
        {
            for (var tries = 1; ; tries++)
            {
                SqliteConnection.ClearAllPools();
                try
                {
                    await ExecuteAsync("PRAGMA journal_mode = DELETE");
                    return;
                }
                catch (SqliteException) when (tries < 3_000)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
                }
            }
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = other.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_stopping_host_serves_but_is_not_ready()
    {
        await using var platform = await PlatformUnderTest.StartAsync();

        platform.Service<IHostApplicationLifetime>().StopApplication();

        (await platform.Anonymous.GetAsync(HealthRoutes.Ready)).Should(503);
        (await platform.Anonymous.GetAsync("/api/videos")).Should(200);
    }

    [Fact]
    public async Task A_stopping_host_serves_during_the_shutdown_delay()
    {
        await using var platform = await PlatformUnderTest.StartAsync(settings: ("Shutdown:Delay", "00:05:00"));
        using var delayEnds = new CancellationTokenSource();

        platform.Service<IHostApplicationLifetime>().StopApplication();
        var stop = platform.StopAsync(delayEnds.Token);

        (await platform.Anonymous.GetAsync(HealthRoutes.Ready)).Should(503);
        (await platform.Anonymous.GetAsync("/api/videos")).Should(200);
        stop.IsCompleted.Should().BeFalse();
        await delayEnds.CancelAsync();
        await ((Func<Task>)(() => stop)).Should().ThrowAsync<OperationCanceledException>("the delay was cancelled");
    }

    [Fact]
    public async Task The_database_servers_are_visible_to_admins_only()
    {
        await using var platform = await PlatformUnderTest.StartAsync();

        (await (await platform.LogInAsync("admin")).GetAsync(HealthRoutes.Servers)).Should(200).Text.Should()
            .Contain("Primary").And.Contain("SQLite");
        foreach (var other in (ApiClient[])[await platform.LogInAsync("creator"), platform.Anonymous])
            (await other.GetAsync(HealthRoutes.Servers)).Text.Should().NotContain("Primary").And.NotContain("SQLite");
    }

    [Fact]
    public async Task A_stopping_host_completes_accepted_plays()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, video) = await platform.RegisterAsync(lengthSeconds: 100);
        var other = await platform.StartAnotherAsync(("Shutdown:Timeout", "00:00:20"));
        other.Service<Microsoft.Extensions.Options.IOptions<HostOptions>>().Value.ShutdownTimeout.Should().Be(TimeSpan.FromSeconds(20));
        var viewer = new Caller(null, null, "device:1", IsCreator: false, IsAdmin: false);
        var play = other.Service<Player>().StartAsync(viewer, video, null, CancellationToken.None);

        await other.DisposeAsync();

        var started = await play;
        (await platform.Service<Player>().FindAsync(viewer, started.Play.PlayId, CancellationToken.None)).State.Should()
            .Be(PlayStage.Playing);
    }
}
