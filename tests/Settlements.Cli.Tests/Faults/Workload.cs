using System.Diagnostics;
using System.Globalization;
using Settlements.TestServers;

namespace Settlements.Cli.Tests.Faults;

/// <summary>Three days of views to import and close in real processes, and the expected result.</summary>
[CollectionDefinition(Tests)]
public sealed class Workload : ICollectionFixture<Workload>, IAsyncLifetime
{
    /// <summary>The collection of tests that share the workload; they run sequentially.</summary>
    public const string Tests = "workload";

    private const int Events = 20_000;

    private int _databases;
    private string _csv = "";

    public static string[] Import { get; } = ["import", "events.csv", "--chunk-rows", "1000"];

    public static string[] Close { get; } = ["close", "--through", "2024-06-12", "--lease", "2", "--chunk-rows", "1000"];

    public static TheoryData<bool> Stores { get; } = [false, true];

    public MySqlServer Server { get; private set; } = null!;

    /// <summary>The output of reading commands after an import and close without interruptions.</summary>
    public string Expected { get; private set; } = "";

    /// <summary>The duration of an import without interruptions.</summary>
    public TimeSpan ImportTakes { get; private set; }

    /// <summary>The duration of a close without interruptions.</summary>
    public TimeSpan CloseTakes { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Server = await MySqlServer.NamedOrStartAsync("--innodb-flush-log-at-trx-commit=2");
        var random = new Random(4);
        var start = new DateTime(2024, 6, 9, 15, 0, 0, DateTimeKind.Utc);
        _csv = string.Concat(Enumerable.Range(1, Events).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{SettlementTool.Id(i)},{start.AddSeconds(random.Next(3 * 86_400)):yyyy-MM-ddTHH:mm:ss}Z,"
            + $"video.view,v{random.Next(400)},p{random.Next(40)},{random.Next(1, 900)}\n")));
        using var uninterrupted = await NewAsync(mySql: false);
        var watch = Stopwatch.StartNew();
        (await uninterrupted.RunAsync(Import)).ShouldSucceed();
        ImportTakes = watch.Elapsed;
        (await uninterrupted.RunAsync(Close)).ShouldSucceed();
        CloseTakes = watch.Elapsed - ImportTakes;
        Expected = await AnswersAsync(uninterrupted);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Creates a folder and a database for the program, with the events as a file.</summary>
    internal async Task<SettlementTool> NewAsync(bool mySql)
    {
        var program = new SettlementTool(mySql ? await Server.CreateDatabaseAsync($"work_{Interlocked.Increment(ref _databases)}") : null);
        await File.WriteAllTextAsync(program.PathOf("events.csv"), $"{SettlementTool.Header}\n{_csv}");
        return program;
    }

    /// <summary>Returns the output of reading commands, and checks that all runs are completed.</summary>
    internal static async Task<string> AnswersAsync(SettlementTool program)
    {
        var answers = new List<string>();
        string[] commands = ["lines --from 2024-06-10 --to 2024-06-12 --output -", "verify --from 2024-06-10 --to 2024-06-12"];
        if (TestSettings.IsLong)
            commands = [.. commands, "top --period week --date 2024-06-12 --by video.view --count 50 --json",
                "statement --period month --date 2024-06-12 --json"];
        foreach (var command in commands)
            answers.Add((await program.RunAsync(command.Split(' '))).ShouldSucceed().Output);
        var runs = (await program.RunAsync("runs", "--json")).ShouldSucceed().Json.GetProperty("runs").EnumerateArray().Select(r =>
            r.GetProperty("state").GetString());
        runs.Should().HaveCount(3).And.OnlyContain(state => state == "completed");
        return string.Join('\n', answers);
    }

    internal static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
