using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Settlements.Cli;

/// <summary>The settlement engine over a store, for one command.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Session(SettlementFile file, ServiceProvider services)
    {
        File = file;
        _services = services;

        // The options first: they report all errors at once, before a store fails on one of them.
        Calendar = services.GetRequiredService<IOptions<SettlementOptions>>().Value.Calendar!;
        Engine = services.GetRequiredService<SettlementEngine>();
    }

    public SettlementFile File { get; }

    public SettlementEngine Engine { get; }

    public BusinessCalendar Calendar { get; }

    /// <summary>A service that only some stores have.</summary>
    public T? Find<T>()
        where T : class => _services.GetService<T>();

    public static Session Open(SettlementFile file, StoreChoice store) => new(file, Services(file, store, configure: null));

    public static Session OpenExisting(SettlementFile file, StoreChoice store)
    {
        var session = Open(file, store);
        store.RequireExisting();
        return session;
    }

    public static async Task<Session> OpenOrCreateAsync(
        SettlementFile file, StoreChoice store, Action<SettlementOptions>? configure, CancellationToken cancellationToken)
    {
        var session = new Session(file, Services(file, store, configure));
        await session.Engine.Schema.ApplyAsync(cancellationToken);
        return session;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static ServiceProvider Services(SettlementFile file, StoreChoice store, Action<SettlementOptions>? configure)
    {
        var services = new ServiceCollection();
        services.AddLogging(AddWarningsToStandardError);
        services.AddSettlement(settlement => store.AddTo(settlement.UseFile(file).Configure(configure ?? (_ => { }))));
        return services.BuildServiceProvider();
    }

    /// <summary>Standard output is for answers.</summary>
    private static void AddWarningsToStandardError(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
