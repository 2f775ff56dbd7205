using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>
/// A settlement engine on the store under test, with the rates of rules.md, business days in Seoul and a clock set to August 2024.
/// </summary>
public sealed class Scenario : IAsyncDisposable
{
    private static readonly string[] Meters = ["video.view", "ad.view", "video.seconds", "unpriced"];

    private readonly ServiceProvider _services;

    private Scenario(ServiceProvider services, TestClock clock)
    {
        _services = services;
        Clock = clock;
        Engine = services.GetRequiredService<SettlementEngine>();
    }

    public static DateOnly Monday { get; } = new(2024, 7, 1);

    public SettlementEngine Engine { get; }

    public TestClock Clock { get; }

    public IServiceProvider Services => _services;

    public static async Task<Scenario> StartAsync(
        StoreUnderTest store, Action<SettlementBuilder>? configure = null, Action<IServiceCollection>? services = null,
        Action<SettlementBuilder>? use = null)
    {
        var clock = new TestClock(new DateTimeOffset(2024, 8, 1, 0, 0, 0, TimeSpan.Zero));
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(clock);
        collection.AddSettlement(settlement =>
        {
            if (use is null)
                store.Use(settlement);
            else
                use(settlement);
            settlement.Calendar("Asia/Seoul");
            if (configure is null)
                UsualRates(settlement);
            else
                configure(settlement);

            // Contracts count these meters with or without rates.
            settlement.Configure(options => options.UnpricedMeters.UnionWith(Meters.Where(meter => !options.Rates.ContainsKey(meter))));
        });
        services?.Invoke(collection);
        var provider = collection.BuildServiceProvider();
        try
        {
            var scenario = new Scenario(provider, clock);
            await scenario.Engine.Schema.ApplyAsync();
            return scenario;
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    public static void UsualRates(SettlementBuilder settlement) => settlement
        .Rates("video.view", rates => rates.Graduated(
            "2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)]))
        .Rates("ad.view", rates => rates.Graduated(
            "2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 10m), (499_999, 12m), (999_999, 15m), (null, 20m)]));

    /// <summary>Creates an event at an hour, possibly fractional, of a day in Seoul.</summary>
    public static UsageEvent Event(
        int id, DateOnly day, long quantity = 1, string item = "v1", string payee = "p1", string meter = "video.view", double hour = 12) =>
        new(Id(id), Instant(day, hour), meter, item, payee, quantity);

    public static Guid Id(int id) => new(id, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    public static DateTimeOffset Instant(DateOnly day, double hour) =>
        new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.FromHours(9)).AddHours(hour);

    public Task<LoadReport> LoadAsync(params UsageEvent[] events) => LoadAsync(new UsageLoadOptions(), events);

    public Task<LoadReport> LoadAsync(UsageLoadOptions options, params UsageEvent[] events) =>
        Engine.Events.LoadAsync(events.ToAsyncEnumerable(), options);

    public Task CloseAsync(DateOnly through) => Engine.Days.CloseThroughAsync(through);

    public async Task<List<SettlementLine>> LinesAsync(DateOnly? first = null, DateOnly? last = null)
    {
        var lines = new List<SettlementLine>();
        await foreach (var line in Engine.Lines.ReadAsync(
            new DateRange(first ?? BusinessCalendar.FirstDay, last ?? BusinessCalendar.LastDay)))
            lines.Add(line);
        return lines;
    }

    public async Task<SettlementLine> LineAsync(DateOnly day) => (await LinesAsync(day, day)).Should().ContainSingle().Subject;

    /// <summary>Returns all published figures as text: stores with the same usage return identical text.</summary>
    public async Task<string> DumpAsync()
    {
        var text = new StringBuilder();
        var all = new DateRange(BusinessCalendar.FirstDay, BusinessCalendar.LastDay);
        foreach (var line in await LinesAsync())
            text.AppendLine(CultureInfo.InvariantCulture, $"{line}");
        foreach (var day in await Services.GetRequiredService<IDayStore>().ListPublishedAsync(all, default))
        {
            foreach (var usage in await Services.GetRequiredService<ILineStore>().ListQuarantinedAsync(day.Day, default))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{day.Day:O} {usage.Meter} {usage.ItemId} {usage.PayeeId} "
                    + $"{usage.UsageDate:O} {usage.Quantity} {usage.Events} {usage.Reason}");
            }

            foreach (var period in new[] { CalendarPeriod.Day, CalendarPeriod.Week, CalendarPeriod.Month })
            {
                foreach (var meter in new[] { "video.view", "ad.view", "video.seconds" })
                {
                    foreach (var ranked in (await Engine.Rankings.TopAsync(period, day.Day, meter, 10)).Items)
                    {
                        text.AppendLine(CultureInfo.InvariantCulture,
                            $"{day.Day:O} {period} {meter} {ranked.Rank} {ranked.ItemId} {ranked.PayeeId} {ranked.Quantity}");
                    }
                }
            }
        }

        return text.ToString();
    }

    /// <summary>Asserts that published days verify against their usage, and that reconciliation finds nothing.</summary>
    public async Task CheckAsync(DateOnly first, DateOnly last)
    {
        var report = await Engine.Verifier.VerifyAsync(new DateRange(first, last));
        report.Differences.Should().BeEmpty();
        report.Days.Should().Be(last.DayNumber - first.DayNumber + 1);
        (await Engine.Reconciler.ReconcileAsync(new DateRange(first, last), new ReconcileOptions { DryRun = true })).Findings
            .Should().BeEmpty();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
