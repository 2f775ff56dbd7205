using Microsoft.Extensions.Hosting;
using Settlement.BillableEvents;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Deployment;

public sealed class HealthTests
{
    [Fact]
    public async Task A_host_lives_and_is_ready_with_its_tables_and_schedule()
    {
        await using var platform = await PlatformUnderTest.StartAsync(settings: ("Schedule:Enabled", "true"));

        var ready = (await platform.Anonymous.GetAsync(HealthRoutes.Ready)).Should(200).Json;

        (await platform.Anonymous.GetAsync(HealthRoutes.Live)).Should(200).Json.GetProperty("status").GetString().Should().Be("Healthy");
        ready.GetProperty("checks").EnumerateObject().ToDictionary(c => c.Name, c => c.Value.GetString()).Should().BeEquivalentTo(
            new Dictionary<string, string>
            {
                ["database"] = "Healthy", ["schema"] = "Healthy", ["stopping"] = "Healthy", ["schedule"] = "Healthy",
            });
    }

    [Fact]
    public async Task A_host_without_its_tables_lives_and_is_not_ready()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        await platform.Service<PlatformDatabase>().WriteAsync(sql => sql.ExecuteAsync("DELETE FROM platform_schema WHERE number > 1"), CancellationToken.None);

        var ready = (await platform.Anonymous.GetAsync(HealthRoutes.Ready)).Should(503).Json;

        ready.GetProperty("checks").GetProperty("schema").GetString().Should().Be("Unhealthy");
        (await platform.Anonymous.GetAsync(HealthRoutes.Live)).Should(200);
    }

    [Fact]
    public async Task A_host_that_was_told_to_stop_serves_and_is_not_ready()
    {
        await using var platform = await PlatformUnderTest.StartAsync();

        platform.Service<Stopping>().Tell();

        (await platform.Anonymous.GetAsync(HealthRoutes.Ready)).Should(503);
        (await platform.Anonymous.GetAsync("/api/videos")).Should(200);
    }

    [Fact]
    public async Task The_servers_are_shown_to_admins_alone()
    {
        await using var platform = await PlatformUnderTest.StartAsync();

        (await (await platform.LogInAsync("admin")).GetAsync(HealthRoutes.Hosts)).Should(200).Text.Should().Contain("Primary").And.Contain("SQLite");
        (await (await platform.LogInAsync("creator")).GetAsync(HealthRoutes.Hosts)).Status.Should().NotBe(200);
        (await platform.Anonymous.GetAsync(HealthRoutes.Hosts)).Status.Should().NotBe(200);
    }

    [Fact]
    public async Task A_host_that_stops_ends_its_requests_and_sends_what_they_noted()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var other = await platform.StartAnotherAsync(("Shutdown:Timeout", "00:00:20"));
        var database = platform.Service<PlatformDatabase>();
        other.Service<Microsoft.Extensions.Options.IOptions<HostOptions>>().Value.ShutdownTimeout.Should().Be(TimeSpan.FromSeconds(20));
        await database.WriteAsync(
            sql => EventOutbox.AddAsync(sql, [new BillableEvent(Guid.NewGuid(), PlatformUnderTest.Noon, SampleRules.Views, "v1", "ann", 1)]),
            CancellationToken.None);

        await other.DisposeAsync();

        (await database.ReadAsync(sql => sql.ListAsync<string>("SELECT event_id FROM unsent_events"), CancellationToken.None)).Should().BeEmpty();
    }
}
