using Dapper;
using MySqlConnector;
using Quartz;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;
using Settlements.Routing;

namespace Settlement.SampleHost.Tests.Deployment;

/// <summary>The platform on a primary and a replica.</summary>
public sealed class ReplicatedPlatformTests(ReplicasForPlatform servers) : IClassFixture<ReplicasForPlatform>
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Creators_see_their_new_video_immediately_despite_replica_lag()
    {
        await using var platform = await servers.StartAsync();
        var creator = await platform.LogInAsync("creator");
        await servers.Set.WaitForAllAsync();
        await servers.Replica.DelayAsync(Hour);
        try
        {
            await UntilAsync(platform, all => all.Any(h => h is { Role: ServerRole.Replica, State: ServerState.Up }));

            var video = (await creator.PostAsync("/api/videos", new { title = "New", lengthSeconds = 700 })).Should(201);
            var id = video.Json.GetProperty("videoId").GetString();

            video.Headers.Should().ContainKey("Causal-Token").And.ContainKey("Set-Cookie");
            (await TitlesAsync(creator, "/api/videos/own")).Should().Equal("New");
            (await TitlesAsync(creator, "/api/videos")).Should().Equal("New");
            (await TitlesAsync(platform.Anonymous, "/api/videos")).Should().BeEmpty(
                "others read from the replica, which does not have it yet");
            (await platform.Anonymous.GetAsync($"/api/videos/{id}")).Should(200).Text.Should().Contain(
                "New", "links work immediately for everybody");
            (await platform.Anonymous.PostAsync($"/api/videos/{id}/plays", new { })).Should(201);
        }
        finally
        {
            await servers.Replica.DelayAsync(TimeSpan.Zero);
        }

        await servers.Set.WaitForAllAsync();
        (await TitlesAsync(platform.Anonymous, "/api/videos")).Should().Equal("New");
    }

    [Fact]
    public async Task The_platform_works_while_the_replica_is_down_and_after_its_restart()
    {
        await using var platform = await servers.StartAsync();
        var creator = await platform.LogInAsync("creator");
        var admin = await platform.LogInAsync("admin");
        servers.Replica.Kill();
        try
        {
            for (var n = 1; n <= 5; n++)
            {
                var video = (await creator.PostAsync("/api/videos", new { title = $"Video {n}", lengthSeconds = 10 })).Should(201).Json;
                (await platform.Anonymous.PostAsync($"/api/videos/{video.GetProperty("videoId").GetString()}/plays", new { })).Should(201);
                (await TitlesAsync(platform.Anonymous, "/api/videos")).Should().HaveCount(n);
            }

            (await platform.Anonymous.GetAsync("/api/statistics/top?period=day")).Should(200);
            (await platform.Anonymous.GetAsync(HealthRoutes.Ready)).Should(200);
            (await admin.GetAsync(HealthRoutes.Servers)).Should(200).Json.GetProperty("servers").EnumerateArray()
                .Select(h => h.GetProperty("state").GetString()).Should().BeEquivalentTo("Down", "Up");
        }
        finally
        {
            await servers.Replica.RestartAsync();
        }

        await UntilAsync(platform, all => all.All(h => h.State == ServerState.Up));
        (await TitlesAsync(creator, "/api/videos/own")).Should().HaveCount(5);
    }

    [Fact]
    public async Task The_schedule_is_stored_and_fired_on_the_primary()
    {
        await using var platform = await servers.StartAsync(("Schedule:Enabled", "true"));

        var scheduler = await platform.Service<ISchedulerFactory>().GetScheduler(TestContext.Current.CancellationToken);
        (await scheduler.GetTriggersOfJob(CloseDueJob.Key, TestContext.Current.CancellationToken)).Should().NotBeEmpty();
        await using var primary = await platform.Service<MultiHostDataSource>().Primary.OpenConnectionAsync(
            TestContext.Current.CancellationToken);
        ((MySqlConnection)primary).ConnectionString.Should().Contain($"Port={servers.Set.Primary.Port}");
        (await primary.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM QRTZ_JOB_DETAILS")).Should().Be(1);
    }

    private static async Task<List<string?>> TitlesAsync(ApiClient client, string path) =>
        [.. (await client.GetAsync(path)).Should(200).Json.GetProperty("items").EnumerateArray().Select(
            v => v.GetProperty("title").GetString())];

    /// <summary>Waits until the router reports a state, at most three minutes of system time.</summary>
    private static async Task UntilAsync(PlatformUnderTest platform, Func<IReadOnlyList<ServerStatus>, bool> isReached)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!isReached(platform.Service<MultiHostDataSource>().Servers))
            await Task.Delay(20, timeout.Token);
    }
}
