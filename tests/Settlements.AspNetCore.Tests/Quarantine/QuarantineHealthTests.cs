using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Settlements.AspNetCore.Tests.Quarantine;

public sealed class QuarantineHealthTests : IDisposable
{
    private static readonly DateOnly Monday = new(2024, 7, 1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settlement-quarantine-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Health_is_degraded_and_names_quarantined_usage_until_it_is_corrected()
    {
        await using var services = Services();
        var engine = services.GetRequiredService<SettlementEngine>();
        await engine.Schema.ApplyAsync(TestContext.Current.CancellationToken);

        (await CheckAsync(services)).Should().BeEquivalentTo(
            new { Status = HealthStatus.Healthy, Description = "No usage is in quarantine." });

        // One unit more than the limit of a counter; an event has a lower limit.
        var full = (int)(RateTable.CountMax / UsageEvent.QuantityMax);
        await LoadAsync(engine,
            [.. Enumerable.Range(1, full).Select(i => Event(i, Monday, UsageEvent.QuantityMax)), Event(full + 1, Monday, 1)]);
        await engine.Days.CloseThroughAsync(Monday, cancellationToken: TestContext.Current.CancellationToken);

        var degraded = await CheckAsync(services);
        degraded.Status.Should().Be(HealthStatus.Degraded);
        degraded.Description.Should().Match("Sums of usage in quarantine: 1. *'video.view'*'huge'*");
        degraded.Data["sums"].Should().Be(1);

        await LoadAsync(engine, [Event(full + 2, Monday, -2)]);
        await engine.Days.CloseThroughAsync(Monday.AddDays(1), cancellationToken: TestContext.Current.CancellationToken);

        (await CheckAsync(services)).Status.Should().Be(HealthStatus.Healthy);
    }

    private static async Task<HealthReportEntry> CheckAsync(ServiceProvider services) =>
        (await services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["quarantine"];

    private static Task<LoadReport> LoadAsync(SettlementEngine engine, UsageEvent[] events) =>
        engine.Events.LoadAsync(
            events.ToAsyncEnumerable(), new UsageLoadOptions(), cancellationToken: TestContext.Current.CancellationToken);

    private static UsageEvent Event(int id, DateOnly day, long quantity) => new(
        new Guid(id, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), new DateTimeOffset(day, new TimeOnly(12, 0), TimeSpan.Zero), "video.view",
        "huge", "ann", quantity);

    private ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSettlement(settlement => settlement
            .UseSqlite($"Data Source={Path.Combine(_folder.FullName, "test.db")}")
            .Calendar("UTC")
            .Rates("video.view", rates => rates.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m)));
        services.AddHealthChecks().AddQuarantine();
        return services.BuildServiceProvider();
    }
}
