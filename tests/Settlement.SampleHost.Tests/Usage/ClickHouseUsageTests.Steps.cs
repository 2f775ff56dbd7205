using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Scheduling;
using Settlement.SampleHost.Tests.Api;
using Settlement.SampleHost.Usage;
using Settlements;

namespace Settlement.SampleHost.Tests.Usage;

/// <summary>Steps of the tests, and the events that they record.</summary>
public sealed partial class ClickHouseUsageTests
{
    private async Task<PlatformUnderTest> StartAsync(
        bool isMySql = false, bool sends = true, params (string Key, string Value)[] settings)
    {
        _settings = [.. await servers.CreateAsync(), .. settings];
        return await PlatformUnderTest.StartAsync(
            services =>
            {
                Record(services);
                if (!sends)
                    services.Remove(services.Single(s => s.ImplementationType == typeof(UsageForwarder)));
            },
            isMySql ? await mySql.CreateAsync() : null, _settings);
    }

    /// <summary>Records the events beside the table that they are written to.</summary>
    private void Record(IServiceCollection services)
    {
        var registered = services.Single(s => s.ServiceType == typeof(PlayUsage));
        services.Replace(ServiceDescriptor.Singleton<PlayUsage>(
            p => new RecordedUsage((PlayUsage)registered.ImplementationFactory!(p), _events)));
    }

    private static string TableOf(PlatformUnderTest platform) =>
        $"{platform.Service<ClickHouseUsageOptions>().Database}.{platform.Service<ClickHouseUsageOptions>().Table}";

    private static OutboxEvent Row(UsageEvent e) => new()
    {
        EventId = e.EventId.ToString("N"), OccurredAt = UnixMicroseconds.From(e.OccurredAt), Meter = e.Meter, ItemId = e.ItemId,
        PayeeId = e.PayeeId, Quantity = e.Quantity,
    };

    /// <summary>Three viewers watch two videos of two creators, with an advertisement.</summary>
    private static async Task PlayAsync(PlatformUnderTest platform)
    {
        var admin = await platform.LogInAsync("admin");
        (await admin.PostAsync("/api/ads", new { title = "Soap", lengthSeconds = 15 })).Should(201);
        for (var i = 0; i < 2; i++)
        {
            var creator = await platform.LogInAsync("creator");
            var video = (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 700 })).Should(201).Json
                .GetProperty("videoId").GetString()!;
            for (var viewer = 0; viewer < 3; viewer++)
                await WatchAsync(platform, await platform.LogInAsync(), video);
        }
    }

    private static async Task WatchAsync(PlatformUnderTest platform, ApiClient viewer, string video)
    {
        var play = (await viewer.PostAsync($"/api/videos/{video}/plays", new { })).Should(201).Json.GetProperty("play");
        foreach (var (sequence, position) in new[] { (1, 5), (2, 310) })
        {
            platform.Clock.Advance(TimeSpan.FromSeconds(position));
            (await viewer.PostAsync(
                $"/api/plays/{play.GetProperty("playId").GetString()}/progress", new { sequence, positionSeconds = position })).Should(200);
        }
    }

    /// <summary>Closes all days that have ended some days later, as the schedule does.</summary>
    private static async Task CloseAsync(PlatformUnderTest platform, int days = 1)
    {
        platform.Clock.Advance(TimeSpan.FromDays(days));
        var run = await platform.WhileAdvancingClockAsync(platform.Service<DayCloses>().CloseDueAsync(Cancelled));
        run!.State.Should().Be(CloseState.Done);
    }

    /// <summary>Compares all lines with those of the recorded events in the library's event table, byte for byte.</summary>
    private async Task RequireSameLinesAsync(PlatformUnderTest platform)
    {
        await using var plain = await PlatformUnderTest.StartAsync();
        var engine = plain.Service<SettlementEngine>();
        plain.Clock.SetUtcNow(platform.Clock.GetUtcNow());
        await engine.Events.LoadAsync(_events.ToAsyncEnumerable(), cancellationToken: Cancelled);
        await CloseAsync(plain, days: 0);

        var lines = await LinesAsync(platform.Service<SettlementEngine>());
        lines.Should().NotBeEmpty();
        string.Join('\n', lines).Should().Be(string.Join('\n', await LinesAsync(engine)));
    }

    private static async Task<List<SettlementLine>> LinesAsync(SettlementEngine engine)
    {
        var lines = new List<SettlementLine>();
        await foreach (var line in engine.Lines.ReadAsync(new DateRange(Day, Day.AddDays(7)), cancellationToken: Cancelled))
            lines.Add(line);
        return lines;
    }

    private sealed class RecordedUsage(PlayUsage inner, ConcurrentBag<UsageEvent> recorded) : PlayUsage
    {
        public override bool IsReconciled => inner.IsReconciled;

        public override async Task WriteAsync(Sql statements, IReadOnlyList<UsageEvent> events)
        {
            await inner.WriteAsync(statements, events);
            foreach (var e in events)
                recorded.Add(e);
        }

        public override Task ForwardAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
            inner.ForwardAsync(before, cancellationToken);
    }
}
