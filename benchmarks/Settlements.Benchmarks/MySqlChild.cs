using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Settlements.MySql;

namespace Settlements.Benchmarks;

/// <summary>Measures work on MySQL in this process and prints the measurement as the last line of standard output.</summary>
internal static class MySqlChild
{
    /// <summary>Printed when the measurement starts, after the program is loaded and its startup code compiled.</summary>
    public const string Started = "started";

    private static readonly Stopwatch Watch = new();

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await WorkAsync(args);
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"  {args.FirstOrDefault()}: {e.GetType().Name}: {e.Message}");
            return 1;
        }
    }

    private static async Task<int> WorkAsync(string[] args)
    {
        long rows;
        var steps = new StepClock(Watch);
        switch (args)
        {
            case ["load-csv", var connection, var csv, var writers]:
                await using (var services = Services(connection))
                {
                    var engine = services.GetRequiredService<SettlementEngine>();
                    await using var file = Unbuffered(csv);
                    Start();
                    rows = (await engine.Events.LoadCsvAsync(file, new UsageLoadOptions { Writers = Number(writers) })).Stored;
                }

                break;
            case ["load-typed", var connection, var events, var items, var writers]:
                await using (var services = Services(connection))
                {
                    var engine = services.GetRequiredService<SettlementEngine>();
                    Start();
                    rows = (await engine.Events.LoadAsync(
                        Day0(events, items).EnumerateAsync(), new UsageLoadOptions { Writers = Number(writers) })).Stored;
                }

                break;
            case ["load-table", var connection, var csv, var table, var writers]:
                await using (var loader = new TableLoader(connection))
                {
                    await using var file = Unbuffered(csv);
                    Start();
                    rows = (await loader.LoadCsvAsync(file, table, new TableLoadOptions { Writers = Number(writers) })).Stored;
                }

                break;
            case ["close", var connection, var day]:
                await using (var services = Services(connection))
                {
                    var engine = services.GetRequiredService<SettlementEngine>();
                    Start();
                    var closed = await engine.Days.CloseThroughAsync(Workload.FirstDay.AddDays(Number(day)), steps);
                    rows = closed.Sum(d => d.Events);
                }

                break;
            case ["close-source", var plan, var database, .. var servers]:
                await using (var services = SourceServices(plan, database, servers))
                {
                    var engine = services.GetRequiredService<SettlementEngine>();
                    await engine.Schema.ApplyAsync();
                    Start();
                    rows = (await engine.Days.CloseThroughAsync(Workload.FirstDay, steps)).Sum(d => d.Events);
                }

                break;
            case ["bulk-copy", var connection, var events, var items]:
                Start();
                rows = await MySqlPeers.BulkCopyAsync(connection, Day0(events, items));
                break;
            case ["insert-many", var connection, var events, var items]:
                Start();
                rows = await MySqlPeers.InsertManyAsync(connection, Day0(events, items));
                break;
            case ["insert-one", var connection, var events, var items]:
                Start();
                rows = await MySqlPeers.InsertOneAsync(connection, Day0(events, items));
                break;
            case ["group-by", var connection, var tmpTableBytes]:
                rows = await MySqlPeers.GroupByAsync(connection, long.Parse(tmpTableBytes, CultureInfo.InvariantCulture), Start);
                break;
            case ["intake-writer" or "intake-batches" or "intake-peer", _, _, _, _, _]:
                (rows, var waits) = await IntakeWork.RunAsync(args, Start, Watch.Stop);
                Console.WriteLine(new Measured(Watch.Elapsed.TotalSeconds, ChildProcess.PeakMiB(), rows, waits).ToLine());
                return 0;
            case ["platform-watch" or "platform-plays" or "platform-http", _, _, _, _]:
                (rows, var playWaits) = await PlatformWork.RunAsync(args, Start, Watch.Stop);
                Console.WriteLine(new Measured(Watch.Elapsed.TotalSeconds, ChildProcess.PeakMiB(), rows, playWaits).ToLine());
                return 0;
            case ["platform-limit", _, _, _, _]:
                (rows, var groups) = await PlatformLimit.RunAsync(args, Start, Watch.Stop);
                Console.WriteLine(new Measured(Watch.Elapsed.TotalSeconds, ChildProcess.PeakMiB(), rows, groups).ToLine());
                return 0;
            case ["platform-pages", _, _, _, _]:
                (rows, var pages) = await PlatformPages.RunAsync(args, Start, Watch.Stop);
                Console.WriteLine(new Measured(Watch.Elapsed.TotalSeconds, ChildProcess.PeakMiB(), rows, pages).ToLine());
                return 0;
            case ["platform-close", _, _, _, _]:
                (rows, var close) = await PlatformClose.RunAsync(args, Start, Watch.Stop);
                Console.WriteLine(new Measured(Watch.Elapsed.TotalSeconds, ChildProcess.PeakMiB(), rows, close).ToLine());
                return 0;
            default:
                return 2;
        }

        Watch.Stop();
        Console.WriteLine(new Measured(Watch.Elapsed.TotalSeconds, ChildProcess.PeakMiB(), rows, steps.End()).ToLine());
        return 0;
    }

    public static ServiceProvider Services(string connection) => new ServiceCollection()
        .AddSettlement(settlement => settlement
            .UseMySql(connection)
            .Calendar("Asia/Seoul")
            .Configure(options => options.Pipeline.Workers = 2)
            .Rates(MySqlWorkload.Meter, rates => rates.Graduated(
                "2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)])))
        .BuildServiceProvider();

    /// <summary>A store on SQLite with a source on other servers.</summary>
    private static ServiceProvider SourceServices(string plan, string database, string[] servers) => new ServiceCollection()
        .AddSettlement(settlement => settlement
            .UseSqlite($"Data Source={database}")
            .Calendar("Asia/Seoul")
            .StartsOn(Workload.FirstDay)
            .Configure(options => options.Pipeline.Workers = 2)
            .Source("plays", plays => plays.Table("plays").Key("occurred_at", "id").OccurredAt("occurred_at").Item("item_id")
                .Payee("payee_id").CountedFrom(Workload.FirstDay).Counts(MySqlWorkload.Meter).OnMySqlServer(options =>
                {
                    foreach (var server in servers)
                        options.ConnectionStrings.Add(server);
                    options.SumPlan = Enum.Parse<SumPlan>(plan);
                }))
            .Rates(MySqlWorkload.Meter, rates => rates.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m)))
        .BuildServiceProvider();

    private static void Start()
    {
        Console.WriteLine(Started);
        Watch.Start();
    }

    private static FileStream Unbuffered(string path) => new(
        path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan | FileOptions.Asynchronous);

    private static MySqlWorkload Day0(string events, string items) => new(0, Number(events), Number(items));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
