using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Settlement.Calendars;

namespace Settlement.SampleHost.Commands;

/// <summary>The settlement engine over a store, for one command.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Session(StoreChoice store, Action<SettlementOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddWarningsToStandardError());
        services.AddSettlement(settlement => store.Use(settlement.UseSampleRules().Configure(configure ?? (_ => { }))));
        _services = services.BuildServiceProvider();

        // The options first: they say all that is wrong at once, before a store stumbles over a part of it.
        Calendar = _services.GetRequiredService<IOptions<SettlementOptions>>().Value.Calendar!;
        Engine = _services.GetRequiredService<SettlementEngine>();
    }

    public SettlementEngine Engine { get; }

    public BusinessCalendar Calendar { get; }

    /// <summary>What only some stores have.</summary>
    public T? Find<T>()
        where T : class => _services.GetService<T>();

    public static Session OpenExisting(StoreChoice store)
    {
        var session = new Session(store);
        store.RequireExisting();
        return session;
    }

    public static async Task<Session> OpenOrCreateAsync(
        StoreChoice store, Action<SettlementOptions>? configure, CancellationToken cancellationToken)
    {
        var session = new Session(store, configure);
        await session.Engine.Schema.ApplyAsync(cancellationToken);
        return session;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>Standard output is for answers.</summary>
internal static class SampleLogging
{
    public static void AddWarningsToStandardError(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
