using System.Globalization;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Settlements.MySql;
using Settlements.TestServers;

namespace Settlements.Benchmarks;

/// <summary>
/// Closes a table on two MariaDB servers of half the rows each, and the same table on one server, into a store on SQLite. Each close is a
/// separate process; the processor time of every process is measured.
/// </summary>
internal sealed class ServersComparison(MySqlServer first, MySqlServer second, string folder)
{
    private const string Create = """
        CREATE TABLE plays (id BIGINT NOT NULL, occurred_at DATETIME(6) NOT NULL, item_id VARCHAR(20) CHARACTER SET ascii NOT NULL,
            payee_id VARCHAR(20) CHARACTER SET ascii NOT NULL, PRIMARY KEY (occurred_at, id))
        """;

    private static readonly string[] Options =
        ["--innodb-buffer-pool-size=2G", "--innodb-flush-log-at-trx-commit=2", "--tmp-table-size=1G", "--max-heap-table-size=1G"];

    public static async Task<int> RunAsync(int events, int items, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;
        await using var first = await MySqlServer.StartAsync(Options);
        await using var second = await MySqlServer.StartAsync(Options);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{events:N0} rows of one day, {items:N0} items, rounds: {rounds}, {Environment.ProcessorCount} "
                + $"cores, {string.Join(' ', Options)}"));
        var figures = new FigureTable();
        try
        {
            await new ServersComparison(first, second, folder).MeasureAsync(events, items, rounds, figures);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        figures.Print();
        return figures.IsMet ? 0 : 1;
    }

    private async Task MeasureAsync(int events, int items, int rounds, FigureTable figures)
    {
        var all = await FillAsync(first, "whole", events, items, "seq > 0");
        string[] halves = [await FillAsync(first, "half", events, items, "seq % 2 = 0"), await FillAsync(
            second, "half", events, items, "seq % 2 = 1")];
        foreach (var plan in Enum.GetValues<SumPlan>())
        {
            List<Run> one = [], two = [];
            for (var round = 0; round < rounds; round++)
            {
                one.Add(await CloseAsync(plan, all));
                two.Add(await CloseAsync(plan, halves));
                Print($"{plan}, one server", one[^1]);
                Print($"{plan}, two servers", two[^1]);
                if (one[^1].Lines != two[^1].Lines)
                    throw new InvalidOperationException($"Lines differ: {one[^1].Lines} and {two[^1].Lines}.");
            }

            figures.AtLeast($"{plan}: close from two servers, as fast as from one", 1.5,
                Median(one, r => r.Seconds) / Median(two, r => r.Seconds));
            figures.Note($"{plan}: the step of the sums, as fast as from one", Median(one, r => r.Sum) / Median(two, r => r.Sum));
            foreach (var (name, runs) in ((string, List<Run>)[])[("one server", one), ("two servers", two)])
            {
                figures.Note($"{plan}, {name}: seconds", Median(runs, r => r.Seconds), "s");
                figures.Note($"{plan}, {name}: of them the sums", Median(runs, r => r.Sum), "s");
                figures.Note($"{plan}, {name}: processor time, our process", Median(runs, r => r.Client), "s");
                figures.Note($"{plan}, {name}: processor time, first server", Median(runs, r => r.First), "s");
                figures.Note($"{plan}, {name}: processor time, second server", Median(runs, r => r.Second), "s");
            }
        }
    }

    private async Task<Run> CloseAsync(SumPlan plan, params string[] servers)
    {
        var database = Path.Combine(folder, $"{Guid.NewGuid():N}.db");
        var (client, one, two) = (CloseRevision.ChildrensProcessorSeconds(), CloseRevision.ProcessorSeconds(first.ProcessId),
            CloseRevision.ProcessorSeconds(second.ProcessId));
        var measured = await MeasuredProcess.MeasureAsync(["close-source", plan.ToString(), database, .. servers]);
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) || ' lines, ' || sum(quantity) || ' units' FROM settlement_lines";
        var lines = (string)(await command.ExecuteScalarAsync())!;
        return new Run(
            measured.Seconds, measured.Steps[0], CloseRevision.ChildrensProcessorSeconds() - client,
            CloseRevision.ProcessorSeconds(first.ProcessId) - one, CloseRevision.ProcessorSeconds(second.ProcessId) - two,
            measured.PeakMiB, lines);
    }

    private static async Task<string> FillAsync(MySqlServer server, string database, int events, int items, string condition)
    {
        var connectionString = await server.CreateDatabaseAsync(database);
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync();
        var start = new DateTimeOffset(Workload.FirstDay, TimeOnly.MinValue, TimeSpan.FromHours(9)).UtcDateTime;
        foreach (var sql in (string[])[
            Create,
            string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO plays SELECT seq,
                    '{start:yyyy-MM-dd HH:mm:ss}' + INTERVAL seq * {(TimeSpan.MicrosecondsPerDay - 1) / events} MICROSECOND,
                    concat('video-', lpad(crc32(seq) % {items}, 7, '0')), concat('channel-', lpad(crc32(seq) % {items} DIV 10, 6, '0'))
                FROM seq_1_to_{events} WHERE {condition}
                """),
            "ANALYZE TABLE plays"])
        {
            await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }

        return connectionString;
    }

    private static void Print(string what, Run run) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"  {what,-30} {run.Seconds,6:0.00} s, sums {run.Sum:0.00} s; processor: ours {run.Client:0.00} s, first "
            + $"{run.First:0.00} s, second {run.Second:0.00} s; "
            + $"peak {run.PeakMiB:0} MiB; {run.Lines}"));

    private static double Median(List<Run> runs, Func<Run, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);

    private sealed record Run(
        double Seconds, double Sum, double Client, double First, double Second, double PeakMiB, string Lines);
}
