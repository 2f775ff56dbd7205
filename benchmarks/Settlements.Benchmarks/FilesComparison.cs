using System.Globalization;
using DuckDB.NET.Data;

namespace Settlements.Benchmarks;

/// <summary>
/// Compares a close of a Parquet file with DuckDB's own GROUP BY of the same file: the sum step alone, and the close that is published into
/// an SQLite file. Each run is a separate process. Optionally it also compares the close with the totals of the same rows in MariaDB.
/// </summary>
/// <param name="events">The number of rows of the day.</param>
/// <param name="items">The number of items; each has one payee, a fifth as many.</param>
/// <param name="rounds">The number of rounds, alternating.</param>
/// <param name="hasTextIds">Whether the item is text; otherwise an integer. The payee is text.</param>
/// <param name="collation">The collation of the texts of MariaDB as a further peer; empty to leave it out.</param>
internal sealed class FilesComparison(long events, int items, int rounds, bool hasTextIds, string collation)
{
    private const double SumRatioMax = 1.5;

    private const double CloseRatioMax = 2.5;

    private const double PeakMiBMax = 400;

    private const double TimesAsFastAsServer = 8;

    private const string Server = "mariadb";

    private readonly FigureTable _figures = new();

    /// <summary>Runs and prints the comparison.</summary>
    /// <returns>The exit code: 1 if a target is missed.</returns>
    public async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;
        try
        {
            var file = Path.Combine(folder, "plays.parquet");
            Write(file);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{events:N0} events, {items:N0} items ({(hasTextIds ? "text" : "integers")}), {new FileInfo(file).Length >> 20} MB of "
                    + $"Parquet, "
                + $"{rounds} rounds, {Environment.ProcessorCount} cores"));
            await using var server = collation.Length > 0 ? await FilesServer.StartAsync(file, hasTextIds, collation) : null;
            string[] work = ["group-by", "sum", "close", .. server is null ? Array.Empty<string>() : [Server]];
            var runs = work.ToDictionary(w => w, _ => new List<FilesRun>());
            for (var round = 0; round < rounds; round++)
            {
                foreach (var one in work)
                {
                    var run = one == Server
                        ? await server!.MeasureAsync() : FilesChild.Measure(one, file, Path.Combine(folder, $"{one}{round}.db"));
                    runs[one].Add(run);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {one,-9} {run.ProcessorSeconds,6:F2} s of processor time, {run.Seconds,6:F2} s, peak {run.PeakMiB,4:F0} "
                            + $"MiB, {run.Groups:N0} groups{Steps(run.Steps)}"));
                }
            }

            if (runs.Values.SelectMany(r => r).Select(r => (r.Groups, r.Units)).Distinct().Count() > 1)
                throw new InvalidOperationException("The runs differ in groups or units.");
            Report(runs["group-by"], runs["sum"], runs["close"]);
            if (server is not null)
                ReportServer(runs[Server], runs["close"]);
            _figures.Print();
            return _figures.IsMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Report(List<FilesRun> peer, List<FilesRun> sum, List<FilesRun> close)
    {
        _figures.AtMost("sum step, processor time against GROUP BY", SumRatioMax,
            Median(sum, r => r.ProcessorSeconds) / Median(peer, r => r.ProcessorSeconds));
        _figures.AtMost("close, processor time against GROUP BY", CloseRatioMax,
            Median(close, r => r.ProcessorSeconds) / Median(peer, r => r.ProcessorSeconds));
        _figures.Note("sum step, wall time against GROUP BY", Median(sum, r => r.Seconds) / Median(peer, r => r.Seconds));
        _figures.Note("close, wall time against GROUP BY", Median(close, r => r.Seconds) / Median(peer, r => r.Seconds));
        _figures.AtMost("close, peak memory", PeakMiBMax, close.Max(r => r.PeakMiB), "MiB");
        _figures.Note("GROUP BY, peak memory", peer.Max(r => r.PeakMiB), "MiB");
    }

    /// <summary>Compares the runs of each round, since the load of a shared machine differs between rounds.</summary>
    private void ReportServer(List<FilesRun> server, List<FilesRun> close)
    {
        _figures.AtLeast("close, wall time, as fast as INSERT … SELECT in MariaDB", TimesAsFastAsServer,
            server.Zip(close, (s, c) => s.Seconds / c.Seconds).Order().ElementAt(rounds / 2));
        _figures.Note("the same, processor time",
            server.Zip(close, (s, c) => s.ProcessorSeconds / c.ProcessorSeconds).Order().ElementAt(rounds / 2));
        foreach (var (name, runs) in ((string, List<FilesRun>)[])[("close", close), ("INSERT … SELECT", server)])
        {
            _figures.Note($"{name}, wall time", Median(runs, r => r.Seconds), "s");
            _figures.Note($"{name}, processor time", Median(runs, r => r.ProcessorSeconds), "s");
        }
    }

    private static string Steps(IReadOnlyList<double> steps) => steps is [var sum, var price, var publish]
        ? string.Create(CultureInfo.InvariantCulture, $"; sum {sum:F2} s, price {price:F2} s, publish {publish:F2} s") : "";

    private static double Median(List<FilesRun> runs, Func<FilesRun, double> figure) =>
        runs.Select(figure).Order().ElementAt(runs.Count / 2);

    private void Write(string file)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        var item = hasTextIds ? "'v' || lpad(CAST(item AS VARCHAR), 9, '0')" : "CAST(item AS BIGINT)";
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            COPY (SELECT TIMESTAMP '2024-06-30 15:00:00' + INTERVAL (i * 86400000000 // {events}) MICROSECOND AS started_at,
                {item} AS video_id, 'creator-' || lpad(CAST(item % {Math.Max(1, items / 5)} AS VARCHAR), 6, '0') AS owner_id, watched
                FROM (SELECT i, hash(i) % {items} AS item, CAST(1 + hash(i * 7) % 600 AS INTEGER) AS watched FROM range({events}) t(i)))
            TO '{file}' (FORMAT parquet)
            """);
        command.ExecuteNonQuery();
    }
}
