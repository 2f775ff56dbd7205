using System.CommandLine;

namespace Settlements.Cli;

/// <summary>Options of every command: the settlement's file, the store, and the output format.</summary>
internal sealed class CommonOptions
{
    public const string DefaultFile = "settlement.json";

    private const string DefaultConnection = "Data Source=settlement.db";
    private const string StoreVariable = "SETTLEMENT_STORE";

    /// <summary>
    /// The environment variable of the connection string. A command line with a password is visible to every user of the machine.
    /// </summary>
    private const string ConnectionVariable = "SETTLEMENT_CONNECTION";

    private const string MySqlExample = "Server=127.0.0.1;User ID=settlement;Password=…;Database=settlement";

    private static readonly SourceEngine[] Engines = [new MySqlEngine(), new ClickHouseEngine()];

    private readonly Option<string?> _config = new("--config")
    {
        Description = "The settlement's file: calendar, meters, rates, sources and limits as JSON. "
            + $"Default: {DefaultFile} in the current folder.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<string?> _store = new("--store")
    {
        Description = "The store: sqlite, a file; or mysql, a database on one or several MySQL or MariaDB servers (Server=db1,db2,db3). "
            + $"Default: the environment variable {StoreVariable}, then the settlement's file, then sqlite.",
        HelpName = "sqlite|mysql",
        Recursive = true,
    };

    private readonly Option<string?> _connection = new("--connection")
    {
        Description = $"ADO.NET connection string. Default: the environment variable {ConnectionVariable}, which keeps a password out of "
            + $"the list of processes, then the settlement's file, then for sqlite \"{DefaultConnection}\". Required for mysql, "
            + $"for example \"{MySqlExample}\".",
        HelpName = "connection string",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON document and nothing else to standard output. Progress and "
            + "errors are printed to standard error as text.",
        Recursive = true,
    };

    public CommonOptions() => _store.AcceptOnlyFromAmong(StoreChoice.Sqlite, StoreChoice.MySql);

    public void AddTo(RootCommand root)
    {
        root.Add(_config);
        root.Add(_store);
        root.Add(_connection);
        root.Add(_json);
    }

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Opens the store without checking that it exists.</summary>
    public CommandContext Open(ParseResult parsed)
    {
        var file = ReadFile(parsed);
        return CommandContext.Open(file, Store(parsed, file));
    }

    /// <summary>Opens the store for a command that only reads. A missing store is an error, and is not created.</summary>
    public CommandContext OpenExisting(ParseResult parsed)
    {
        var file = ReadFile(parsed);
        return CommandContext.OpenExisting(file, Store(parsed, file));
    }

    /// <summary>Opens the store for a command that writes. A missing store or table is created.</summary>
    public Task<CommandContext> OpenOrCreateAsync(
        ParseResult parsed, CancellationToken cancellationToken, Action<SettlementOptions>? configure = null)
    {
        var file = ReadFile(parsed);
        return CommandContext.OpenOrCreateAsync(file, Store(parsed, file), configure, cancellationToken);
    }

    /// <summary>Reads the settlement's file.</summary>
    /// <exception cref="UsageException">The file does not exist.</exception>
    /// <exception cref="SettlementFileException">The file has errors.</exception>
    public SettlementFile ReadFile(ParseResult parsed)
    {
        if (parsed.GetValue(_config) is { } named)
            return SettlementFile.Read(named, Engines);
        return File.Exists(DefaultFile)
            ? SettlementFile.Read(DefaultFile, Engines)
            : throw new UsageException(
                $"There is no {DefaultFile} in the current folder '{Environment.CurrentDirectory}', and --config names no other file. "
                + "Create it, or add --config FILE. 'settlement config schema' prints the schema of such a file.");
    }

    /// <summary>
    /// Returns the store. Options take precedence over environment variables, and those over the file. The file's connection string is used
    /// only with the file's store.
    /// </summary>
    private StoreChoice Store(ParseResult parsed, SettlementFile file)
    {
        var configured = file.Store ?? StoreChoice.Sqlite;
        var store = parsed.GetValue(_store) ?? Variable(StoreVariable) ?? configured;
        if (store is not (StoreChoice.Sqlite or StoreChoice.MySql))
            throw new UsageException(
                $"The environment variable {StoreVariable} is '{store}'. Use {StoreChoice.Sqlite} or {StoreChoice.MySql}.");
        var connection = parsed.GetValue(_connection) ?? Variable(ConnectionVariable)
            ?? (store == configured ? file.ConnectionString : null);
        if (connection is null && store == StoreChoice.MySql)
        {
            throw new UsageException(
                $"The store {store} requires --connection \"{MySqlExample}\", or the environment variable {ConnectionVariable}.");
        }

        return new StoreChoice(store, connection ?? DefaultConnection);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
