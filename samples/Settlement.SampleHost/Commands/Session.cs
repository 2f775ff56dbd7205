using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Settlement.Calendars;

namespace Settlement.SampleHost.Commands;

/// <summary>The settlement engine over a store, for one command.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly IServiceProvider _services;
    private readonly ServiceProvider? _owned;

    private Session(IServiceProvider services)
    {
        _services = services;

        // The options first: they say all that is wrong at once, before a store stumbles over a part of it.
        Calendar = services.GetRequiredService<IOptions<SettlementOptions>>().Value.Calendar!;
        Engine = services.GetRequiredService<SettlementEngine>();
    }

    private Session(ServiceProvider services)
        : this((IServiceProvider)services) => _owned = services;

    private static ServiceProvider Services(StoreChoice store, Action<SettlementOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddWarningsToStandardError());
        services.AddSettlement(settlement => store.Use(settlement.UseSampleRules().Configure(configure ?? (_ => { }))));
        return services.BuildServiceProvider();
    }

    public SettlementEngine Engine { get; }

    public BusinessCalendar Calendar { get; }

    /// <summary>What only some stores have.</summary>
    public T? Find<T>()
        where T : class => _services.GetService<T>();

    /// <summary>Over the services of a host, which stay the host's.</summary>
    public static Session Over(IServiceProvider services) => new(services);

    public static Session OpenExisting(StoreChoice store)
    {
        var session = new Session(Services(store));
        store.RequireExisting();
        return session;
    }

    public static async Task<Session> OpenOrCreateAsync(
        StoreChoice store, Action<SettlementOptions>? configure, CancellationToken cancellationToken)
    {
        var session = new Session(Services(store, configure));
        await session.Engine.Schema.ApplyAsync(cancellationToken);
        return session;
    }

    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;
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
