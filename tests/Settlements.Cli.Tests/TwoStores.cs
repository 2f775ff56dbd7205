using Settlements.TestServers;
using static Settlements.Cli.Tests.SettlementTool;

namespace Settlements.Cli.Tests;

/// <summary>The same days, closed in a database of a server and in an SQLite file.</summary>
[CollectionDefinition(Tests)]
public sealed class TwoStores : ICollectionFixture<TwoStores>, IAsyncLifetime
{
    /// <summary>The collection of tests that share the stores.</summary>
    public const string Tests = "two stores";

    private readonly List<(string Command, Answer Sqlite, Answer MySql)> _written = [];

    private MySqlServer? _server;
    private SettlementTool? _sqlite;
    private SettlementTool? _mySql;

    internal MySqlServer Server => _server!;

    internal SettlementTool Sqlite => _sqlite!;

    internal SettlementTool MySql => _mySql!;

    /// <summary>The output of the writing commands, in order.</summary>
    internal IReadOnlyList<(string Command, Answer Sqlite, Answer MySql)> Written => _written;

    public async ValueTask InitializeAsync()
    {
        _server = await MySqlServer.NamedOrStartAsync();
        _sqlite = new SettlementTool();
        _mySql = new SettlementTool(await _server.CreateDatabaseAsync("settlement"));
        foreach (var program in (SettlementTool[])[_sqlite, _mySql])
        {
            program.WriteEvents(
                "events.csv",
                Event(1, "2024-06-10T12:00:00+09:00", "v1", 550_000),
                Event(2, "2024-06-11T12:00:00+09:00", "v1", 600_000),
                Event(3, "2024-06-11T12:00:00+09:00", "v1/ad-1", 1_150_000, "ad.view"),
                Event(4, "2024-06-11T13:00:00.123456+09:00", "v2", 10, payee: "bob"),
                Event(5, "2024-06-11T13:00:00+09:00", "v2", 900, "video.seconds", "bob"),
                Event(6, "2024-06-11T14:00:00+09:00", "V2", 20, payee: "Bob"),
                Event(7, "2024-06-11T14:00:00+09:00", "조회\\수", 30, payee: "앤 🎬"));
            program.WriteEvents("late.csv", Event(8, "2024-06-10T12:00:00+09:00", "v1", -7),
                Event(9, "2024-06-12T00:00:00+09:00", "v2 ", 3));
            program.WriteEvents("conflict.csv", Event(1, "2024-06-10T12:00:00+09:00", "v1", 5));
        }

        string[] commands =
        [
            "import events.csv", "close --through 2024-06-11", "import late.csv --json", "import events.csv late.csv",
            "import conflict.csv", "import conflict.csv --rejects bad.csv --json", "close --through 2024-06-12 --json",
            "close --through 2024-06-12",
        ];
        foreach (var command in commands)
            _written.Add((command, await _sqlite.RunAsync(command.Split(' ')), await _mySql.RunAsync(command.Split(' '))));
    }

    public async ValueTask DisposeAsync()
    {
        _sqlite?.Dispose();
        _mySql?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
