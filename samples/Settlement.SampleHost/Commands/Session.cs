using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Settlement.Calendars;
using Settlement.Sqlite;

namespace Settlement.SampleHost.Commands;

/// <summary>The settlement engine over a store, for one command.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Session(string connection)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddWarningsToStandardError());
        services.AddSettlement(settlement => settlement.UseSampleRules().UseSqlite(connection));
        _services = services.BuildServiceProvider();
        Engine = _services.GetRequiredService<SettlementEngine>();
        Calendar = _services.GetRequiredService<IOptions<SettlementOptions>>().Value.Calendar!;
    }

    public SettlementEngine Engine { get; }

    public BusinessCalendar Calendar { get; }

    public static Session OpenExisting(string connection)
    {
        var session = new Session(connection);
        var file = new SqliteConnectionStringBuilder(connection).DataSource;
        if (file.StartsWith("file:", StringComparison.Ordinal) || File.Exists(file))
            return session;
        throw new UsageException(
            $"There is no database '{file}'. Make one with 'import FILE', or start the program without a command for the bundled data; "
            + "or name another with --connection \"Data Source=FILE\".");
    }

    public static async Task<Session> OpenOrCreateAsync(string connection, CancellationToken cancellationToken)
    {
        var session = new Session(connection);
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
