using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>
/// Compares the close of this program's revision with that of another one: the same events, on the same server or in files with the same
/// settings, alternating. eng/compare-close.sh builds both.
/// </summary>
internal sealed class CloseComparison(CloseRevision other, CloseRevision own, int rounds, int divideBy)
{
    private static readonly Comparison[] All =
    [
        new("mysql-many", "MariaDB", 10_000_000, 1_000_000, 0.5),
        new("mysql", "MariaDB", 10_000_000, 100_000, 0.8),
        new("sqlite", "SQLite", 3_000_000, 100_000, 0.7),
    ];

    private const double RowsPerLineMax = 2;

    private readonly FigureTable _figures = new();

    /// <summary>Runs and prints the comparisons.</summary>
    /// <param name="only">The name of a comparison; empty for all.</param>
    /// <returns>The exit code: 1 if a target is missed, 2 for invalid arguments.</returns>
    public async Task<int> RunAsync(string only)
    {
        var chosen = All.Where(c => only is "" || only == c.Name).ToList();
        if (chosen.Count == 0 || rounds < 1 || divideBy < 1 || !File.Exists(other.Program))
        {
            await Console.Error.WriteLineAsync(
                $"--only takes {string.Join(", ", All.Select(c => c.Name))}; --rounds and --divide-by are at least 1; "
                + "--program names a file that exists.");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;
        try
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{own.Name} against {other.Name}, {rounds} rounds, {Environment.ProcessorCount} cores"));
            if (chosen.Any(c => c.Store == "MariaDB"))
                await RunMySqlAsync(chosen.Where(c => c.Store == "MariaDB"), folder);
            foreach (var comparison in chosen.Where(c => c.Store == "SQLite"))
                await RunSqliteAsync(comparison, folder);
            _figures.Print();
            return _figures.IsMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunMySqlAsync(IEnumerable<Comparison> comparisons, string folder)
    {
        await using var server = await MySqlBenchmarkServer.StartAsync();
        Console.WriteLine(await server.DescribeAsync());
        var closes = new MySqlCloseComparison(server, await server.AddDatabaseAsync("other"));
        await closes.CreateTablesAsync(other);
        foreach (var comparison in comparisons)
        {
            await closes.LoadAsync(Path.Combine(folder, "day.tsv"), comparison.Events / divideBy, comparison.Items / divideBy);
            Report(comparison, await AlternateAsync(
                comparison, revision => closes.CloseAsync(revision, revision == own)));
        }
    }

    private async Task RunSqliteAsync(Comparison comparison, string folder)
    {
        var closes = new SqliteCloseComparison(folder, comparison.Events / divideBy, comparison.Items / divideBy);
        foreach (var revision in (CloseRevision[])[other, own])
            await closes.ImportAsync(revision);
        Report(comparison, await AlternateAsync(comparison, closes.CloseAsync));
    }

    private async Task<CloseRuns[]> AlternateAsync(Comparison comparison, Func<CloseRevision, Task<CloseRun>> close)
    {
        CloseRuns[] both = [new(other), new(own)];
        CloseRuns.PrintHead(string.Create(
            CultureInfo.InvariantCulture,
            $"{comparison.Store}: close of {comparison.Events / divideBy:N0} events, {comparison.Items / divideBy:N0} items"));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var runs in both)
                runs.Add(await close(runs.Revision));
        }

        foreach (var runs in both)
            runs.PrintMedians();
        return both;
    }

    private void Report(Comparison comparison, CloseRuns[] both)
    {
        var (before, after) = (both[0], both[1]);
        if ((before.Result.Lines, before.Result.Amount) != (after.Result.Lines, after.Result.Amount))
        {
            throw new InvalidOperationException(
                $"The revisions differ: {before.Result.Lines} lines of {before.Result.Amount} won by {other.Name}, "
                + $"{after.Result.Lines} lines of {after.Result.Amount} won by {own.Name}.");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  Both: {after.Result.Lines:N0} lines of {after.Result.Amount:N0} won in total."));
        var what = string.Create(
            CultureInfo.InvariantCulture,
            $"{comparison.Store}, {comparison.Events / divideBy:N0} events, {comparison.Items / divideBy:N0} items");
        _figures.AtMost($"{what}: wall time against {other.Name}", comparison.RatioMax, after.Seconds / before.Seconds);
        _figures.Note($"{what}: processor time, client and server", after.ProcessorSeconds / before.ProcessorSeconds);
        _figures.AtMost($"{what}: rows in the tables per line", RowsPerLineMax, (double)after.Result.Rows / after.Result.Lines, "rows");
        _figures.Note($"{what}: the same for {other.Name}", (double)before.Result.Rows / before.Result.Lines, "rows");
        if (!double.IsNaN(before.PricingSeconds))
            _figures.Note($"{what}: price and publish only", after.PricingSeconds / before.PricingSeconds);
        _figures.Note($"{what}: lines priced and published", after.Result.Lines / after.PricingSeconds, "lines/s");
        if (comparison.Store != "MariaDB")
        {
            _figures.Note(
                $"{what}: the same in processor time", after.Result.Lines / after.PricingProcessorSeconds, "lines/s");
            return;
        }

        _figures.Note($"{what}: rows inserted by the close per line", after.InsertedPerLine, "rows");
        _figures.Note($"{what}: the same for {other.Name}", before.InsertedPerLine, "rows");
        _figures.Note($"{what}: rows updated by the close per line", after.UpdatedPerLine, "rows");
        _figures.Note($"{what}: the same for {other.Name}", before.UpdatedPerLine, "rows");
    }

    /// <param name="Name">The name for <c>--only</c>.</param>
    /// <param name="Store">The store's name.</param>
    /// <param name="Events">Number of events of the day.</param>
    /// <param name="Items">Number of items, chosen at random for each event.</param>
    /// <param name="RatioMax">The target: maximum ratio of this revision's wall time to the other's.</param>
    private sealed record Comparison(string Name, string Store, int Events, int Items, double RatioMax);
}
