using System.Globalization;
using MySqlConnector;
using Settlement.SampleHost.Tests.Api;
using Settlements.TestServers;
using Settlements.WorkCounts;

namespace Settlement.SampleHost.Tests.Playback;

/// <summary>
/// Counts what the requests of a play cost on a server of its own, whose status counts the statements and rows of all connections.
/// </summary>
public sealed class PlayCountTests
{
    /// <summary>Of their counts, the least is compared.</summary>
    private const int Viewers = 5;

    [Fact]
    public async Task The_work_of_each_request_of_a_play_is_as_recorded()
    {
        Assert.SkipUnless(MySqlServer.FindBinary() is not null, "No server binary is on PATH: ./build.sh tools installs one on Debian.");
        await using var server = await MySqlServer.StartAsync("--innodb-flush-log-at-trx-commit=2", "--innodb-stats-auto-recalc=0");
        await using var status = new MySqlConnection($"{server.ConnectionString};Pooling=false");
        await status.OpenAsync();
        Assert.SkipUnless(
            status.ServerVersion.Contains("MariaDB", StringComparison.Ordinal),
            "The counts are recorded on MariaDB; others have other plans.");
        // No probe of the server within the test, whose clock advances by less than a minute.
        await using var platform = await PlatformUnderTest.StartAsync(
            await server.CreateDatabaseAsync("platform"), ("Routing:ProbePeriod", "00:01:00"));
        var admin = await platform.LogInAsync("admin");
        (await admin.PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 15 })).Should(201);
        var creator = await platform.LogInAsync("creator");
        var video = (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 700 })).Should(201).Json
            .GetProperty("videoId").GetString()!;
        var found = new List<(string, WorkCount)>();
        var reads = 0L;

        // The first viewer warms up: connections are opened, and what does not change is cached.
        await WatchAsync((_, request) => request());
        for (var i = 0; i < Viewers; i++)
        {
            await WatchAsync(async (operation, request) =>
            {
                var before = await CountAsync();
                await request();
                found.Add((operation, await CountAsync() - before));
            });
        }

        // Jobs of the platform in the background only add to what a request costs.
        RecordedCounts.Check("plays-mysql", [.. found.GroupBy(f => f.Item1).Select(
            all => (all.Key, all.MinBy(f => (f.Item2.Statements, f.Item2.RowsWritten)).Item2))]);

        async Task WatchAsync(Func<string, Func<Task>, Task> run)
        {
            var viewer = await platform.LogInAsync();
            var play = "";
            await run("start of a play", async () => play = (await viewer.PostAsync($"/api/videos/{video}/plays", new { })).Should(201).Json
                .GetProperty("play").GetProperty("playId").GetString()!);
            await ReportAsync("first report, with a view", "progress", 1);
            await ReportAsync("second report", "progress", 2);
            await ReportAsync("stop", "stop", 3);

            Task ReportAsync(string operation, string request, int sequence)
            {
                platform.Clock.Advance(TimeSpan.FromSeconds(3));
                return run(operation, async () => (await viewer.PostAsync(
                    $"/api/plays/{play}/{request}", new { sequence, positionSeconds = sequence * 3 })).Should(200));
            }
        }

        async Task<WorkCount> CountAsync()
        {
            await using var command = new MySqlCommand(
                "SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Handler_write', 'Handler_update', 'Handler_delete')", status);
            var values = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                values[reader.GetString(0)] = long.Parse(reader.GetString(1), CultureInfo.InvariantCulture);
            return new WorkCount(
                values["Questions"] - ++reads, 0, values["Handler_write"] + values["Handler_update"] + values["Handler_delete"], 0);
        }
    }
}
