using System.CommandLine;

namespace Settlement.SampleHost.Commands;

/// <summary>What every command takes: where the data is, and in which form to answer.</summary>
internal sealed class CommonOptions
{
    public const string DefaultConnection = "Data Source=settlement-sample.db";

    private readonly Option<string> _store = new("--store")
    {
        Description = "Which store: sqlite, or mysql (comes later).",
        DefaultValueFactory = _ => "sqlite",
        HelpName = "sqlite|mysql",
        Recursive = true,
    };

    private readonly Option<string> _connection = new("--connection")
    {
        Description = "ADO.NET connection string.",
        DefaultValueFactory = _ => DefaultConnection,
        HelpName = "connection string",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON document and nothing else on standard output. Progress and errors go to standard error as text.",
        Recursive = true,
    };

    public CommonOptions() => _store.AcceptOnlyFromAmong("sqlite", "mysql");

    public void AddTo(RootCommand root)
    {
        root.Add(_store);
        root.Add(_connection);
        root.Add(_json);
    }

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Opens the store for a command that only reads: one that isn't there is an error, and is not made.</summary>
    public Session OpenExisting(ParseResult parsed)
    {
        RequireSqlite(parsed);
        return Session.OpenExisting(parsed.GetValue(_connection)!);
    }

    /// <summary>Opens the store for a command that writes: makes it, and its tables, when they aren't there.</summary>
    public Task<Session> OpenOrCreateAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        RequireSqlite(parsed);
        return Session.OpenOrCreateAsync(parsed.GetValue(_connection)!, cancellationToken);
    }

    private void RequireSqlite(ParseResult parsed)
    {
        if (parsed.GetValue(_store) == "mysql")
            throw new UsageException("The MySQL store comes later. Use --store sqlite, which is the default.");
    }
}
