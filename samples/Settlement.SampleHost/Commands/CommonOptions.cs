using System.CommandLine;

namespace Settlement.SampleHost.Commands;

/// <summary>What every command takes: where the data is, and in which form to answer.</summary>
internal sealed class CommonOptions
{
    public const string DefaultConnection = "Data Source=settlement-sample.db";

    /// <summary>A command line is seen by every user of a machine; a password need not stand in it.</summary>
    private const string ConnectionVariable = "SETTLEMENT_CONNECTION";

    private const string StoreKey = "Database:Store";
    private const string ConnectionKey = "ConnectionStrings:Settlement";

    private const string MySqlExample = "Server=127.0.0.1;User ID=settlement;Password=…;Database=settlement";

    private readonly Option<string?> _store = new("--store")
    {
        Description = $"Which store: sqlite, a file; or mysql, a database of a MySQL or MariaDB server, or of several (Server=db1,db2,db3). Default: "
            + $"{StoreKey} of appsettings.json, which says sqlite.",
        HelpName = "sqlite|mysql",
        Recursive = true,
    };

    private readonly Option<string?> _connection = new("--connection")
    {
        Description = $"ADO.NET connection string. Default for sqlite: \"{DefaultConnection}\"; for mysql one is needed, for example "
            + $"\"{MySqlExample}\". The environment variable {ConnectionVariable}, or {ConnectionKey} of appsettings.json, does the same, and keeps a "
            + "password out of the list of processes.",
        HelpName = "connection string",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON document and nothing else on standard output. Progress and errors go to standard error as text.",
        Recursive = true,
    };

    public CommonOptions() => _store.AcceptOnlyFromAmong(StoreChoice.Sqlite, StoreChoice.MySql);

    public void AddTo(RootCommand root)
    {
        root.Add(_store);
        root.Add(_connection);
        root.Add(_json);
    }

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Opens the store for a command that only reads: one that isn't there is an error, and is not made.</summary>
    public Session OpenExisting(ParseResult parsed) => Session.OpenExisting(Store(parsed));

    /// <summary>Opens the store for a command that writes: makes it, and its tables, when they aren't there.</summary>
    public Task<Session> OpenOrCreateAsync(
        ParseResult parsed, CancellationToken cancellationToken, Action<SettlementOptions>? configure = null) =>
        Session.OpenOrCreateAsync(Store(parsed), configure, cancellationToken);

    /// <summary>Which store was asked for: on the command line, else by the environment, else by the settings beside the program.</summary>
    public StoreChoice Store(ParseResult parsed)
    {
        var settings = SampleSettings.Read();
        var configured = settings[StoreKey] is { Length: > 0 } name ? name : StoreChoice.Sqlite;
        var store = parsed.GetValue(_store) ?? configured;
        if (parsed.GetValue(_connection) is { } given)
            return StoreChoice.Of(store, given);
        if (Environment.GetEnvironmentVariable(ConnectionVariable) is { Length: > 0 } surrounding)
            return StoreChoice.Of(store, surrounding);

        // The settings' connection is one of the settings' store.
        if (store == configured && settings[ConnectionKey] is { Length: > 0 } kept)
            return StoreChoice.Of(store, kept);
        return store == StoreChoice.MySql
            ? throw new UsageException(
                $"--store {store} needs --connection \"{MySqlExample}\", or the same in the environment variable {ConnectionVariable}.")
            : StoreChoice.Of(store, DefaultConnection);
    }
}
