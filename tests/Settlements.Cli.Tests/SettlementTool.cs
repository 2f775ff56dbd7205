using System.Diagnostics;
using System.Globalization;
using Settlements.TestServers;

namespace Settlements.Cli.Tests;

/// <summary>The built tool in a temporary folder with the sample's settlement.json.</summary>
internal sealed class SettlementTool : IDisposable
{
    public const string Header = "event_id,occurred_at,meter,item_id,payee_id,quantity";

    private const string File = "settlement.json";

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Settlements.Cli.dll");

    private readonly ProgramFolder _folder = new(Program);

    /// <param name="mySql">The connection string of a server's database, passed in the environment; null for SQLite.</param>
    public SettlementTool(string? mySql = null)
    {
        MySql = mySql;
        _folder.Environment["SETTLEMENT_CONNECTION"] = mySql;
        _folder.Environment["SETTLEMENT_STORE"] = null;
        System.IO.File.Copy(Path.Combine(AppContext.BaseDirectory, File), PathOf(File));
    }

    /// <summary>The connection string, or null for SQLite.</summary>
    public string? MySql { get; }

    public string Folder => _folder.Path;

    public IDictionary<string, string?> Environment => _folder.Environment;

    /// <summary>The SQLite file that settlement.json names.</summary>
    public string Database => PathOf("settlement-sample.db");

    public string PathOf(string name) => _folder.PathOf(name);

    /// <summary>Replaces settlement.json.</summary>
    public void Configure(string json) => System.IO.File.WriteAllText(PathOf(File), json);

    public Task<Answer> RunAsync(params string[] args) => RunAsync(input: null, args);

    public Task<Answer> RunAsync(string? input, string[] args) => _folder.RunAsync(input, Arguments(args));

    public Process Start(params string[] args) => _folder.Start(Arguments(args));

    public static Task<Answer> EndAsync(Process process) => ProgramFolder.EndAsync(process);

    public string WriteEvents(string name, params string[] rows)
    {
        System.IO.File.WriteAllText(PathOf(name), $"{Header}\n{string.Concat(rows.Select(r => $"{r}\n"))}");
        return name;
    }

    public static string Event(int id, string occurredAt, string item, long quantity, string meter = "video.view", string payee = "ann") =>
        string.Create(CultureInfo.InvariantCulture, $"{Id(id)},{occurredAt},{meter},{item},{payee},{quantity}");

    public static string Id(int id) => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{id:D12}");

    /// <summary>Imports and closes two days of two videos, the worked figures of the rules.</summary>
    public async Task CloseTwoDaysAsync()
    {
        WriteEvents(
            "events.csv",
            Event(1, "2024-06-10T12:00:00+09:00", "v1", 550_000),
            Event(2, "2024-06-11T12:00:00+09:00", "v1", 600_000),
            Event(3, "2024-06-11T12:00:00+09:00", "v1/ad-1", 1_150_000, "ad.view"),
            Event(4, "2024-06-11T13:00:00+09:00", "v2", 10, payee: "bob"),
            Event(5, "2024-06-11T13:00:00+09:00", "v2", 900, "video.seconds", "bob"));
        (await RunAsync("import", "events.csv")).ShouldSucceed();
        (await RunAsync("close", "--through", "2024-06-11")).ShouldSucceed();
    }

    public void Dispose() => _folder.Dispose();

    private string[] Arguments(string[] args) => MySql is null ? args : [.. args, "--store", "mysql"];
}
