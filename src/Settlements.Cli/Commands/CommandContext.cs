using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Settlements.Cli;

/// <summary>The settlement engine of one command, with the settlement's file and store.</summary>
internal sealed class CommandContext : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private CommandContext(SettlementFile file, ServiceProvider services)
    {
        File = file;
        _services = services;

        // Options are validated first, so that all their errors are reported together, before the store fails on one of them.
        Calendar = services.GetRequiredService<IOptions<SettlementOptions>>().Value.Calendar!;
        Engine = services.GetRequiredService<SettlementEngine>();
    }

    public SettlementFile File { get; }

    public SettlementEngine Engine { get; }

    public BusinessCalendar Calendar { get; }

    /// <summary>Returns a service that only some stores have; null when this store doesn't.</summary>
    public T? Find<T>()
        where T : class => _services.GetService<T>();

    public static CommandContext Open(SettlementFile file, StoreChoice store) => new(file, Services(file, store, configure: null));

    public static CommandContext OpenExisting(SettlementFile file, StoreChoice store)
    {
        var context = Open(file, store);
        store.RequireExisting();
        return context;
    }

    public static async Task<CommandContext> OpenOrCreateAsync(
        SettlementFile file, StoreChoice store, Action<SettlementOptions>? configure, CancellationToken cancellationToken)
    {
        var context = new CommandContext(file, Services(file, store, configure));
        await context.Engine.Schema.ApplyAsync(cancellationToken);
        return context;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static ServiceProvider Services(SettlementFile file, StoreChoice store, Action<SettlementOptions>? configure)
    {
        var services = new ServiceCollection();
        services.AddLogging(AddWarningsToStandardError);
        services.AddSettlement(settlement => store.AddTo(settlement.UseFile(file).Configure(configure ?? (_ => { }))));
        return services.BuildServiceProvider();
    }

    /// <summary>Logs warnings to standard error; standard output is for results.</summary>
    private static void AddWarningsToStandardError(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
