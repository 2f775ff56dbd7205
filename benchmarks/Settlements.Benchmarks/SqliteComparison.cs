using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>Compares import and close on SQLite with their peers, alternating in rounds, and prints medians and ratios.</summary>
internal static class SqliteComparison
{
    private const int HistoryDays = 10;

    public static int Run(int events, int items, int rounds, bool orderedIds, string only)
    {
        var folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;
        try
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{events:N0} events of one day, {items:N0} items, {(orderedIds ? "time-ordered" : "random")} ids, {rounds} rounds, "
                + $"{Environment.ProcessorCount} cores"));
            var csv = Path.Combine(folder, "day0.csv");
            Workload.Write(csv, 0, events, items, orderedIds);
            Console.WriteLine($"{"",-18} {"seconds",9} {"rows/s",12} {"peak MiB",9}");
            if (only is "" or "import")
                Report(Import(folder, csv, rounds), events);
            if (only is "" or "close")
                Report(Close(folder, csv, rounds), events);
            if (only is "" or "history")
                Report(History(folder, Math.Max(1, events / HistoryDays), items, orderedIds, rounds), Math.Max(1, events / HistoryDays));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<Work> Import(string folder, string csv, int rounds)
    {
        var works = new List<Work> { new("import"), new("import-command"), new("import-statement") };
        for (var round = 0; round < rounds; round++)
        {
            foreach (var work in works)
            {
                var database = Path.Combine(folder, "import.db");
                Delete(database);
                work.Add(ChildProcess.Measure(work.Name, database, csv));
            }
        }

        return works;
    }

    private static List<Work> Close(string folder, string csv, int rounds)
    {
        var loaded = Path.Combine(folder, "loaded.db");
        ChildProcess.Measure("import", loaded, csv);
        var works = new List<Work> { new("close"), new("group-by") };
        for (var round = 0; round < rounds; round++)
        {
            foreach (var work in works)
            {
                var database = Copy(loaded, Path.Combine(folder, "close.db"));
                work.Add(work.Name == "close" ? ChildProcess.Measure("close", database, "0") : ChildProcess.Measure("group-by", database));
            }
        }

        Delete(loaded);
        return works;
    }

    /// <summary>Measures closing the same day after one and after ten published days.</summary>
    private static List<Work> History(string folder, int events, int items, bool orderedIds, int rounds)
    {
        var works = new List<Work> { new("history 1"), new("history 10") };
        var bases = new List<string>();
        var next = Path.Combine(folder, "next.csv");
        foreach (var days in new[] { 1, HistoryDays })
        {
            var database = Path.Combine(folder, $"history{days}.db");
            for (var day = HistoryDays - days; day <= HistoryDays; day++)
            {
                Workload.Write(next, day, events, items, orderedIds);
                ChildProcess.Measure("import", database, next);
            }

            ChildProcess.Measure("close", database, $"{HistoryDays - 1}");
            bases.Add(database);
        }

        for (var round = 0; round < rounds * 2; round++)
        {
            for (var i = 0; i < works.Count; i++)
                works[i].Add(ChildProcess.Measure("close", Copy(bases[i], Path.Combine(folder, "history.db")), $"{HistoryDays}"));
        }

        return works;
    }

    private static void Report(List<Work> works, int rows)
    {
        foreach (var work in works)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{work.Name,-18} {work.Seconds,9:0.00} {rows / work.Seconds,12:N0} {work.PeakMiB,9:0}"));
        }

        switch (works[0].Name)
        {
            case "import":
                Ratio("rows/s against a prepared SqliteCommand (target: at least 1.0)", works[1].Seconds / works[0].Seconds);
                Ratio("rows/s against a prepared statement of SQLite itself", works[2].Seconds / works[0].Seconds);
                break;
            case "close":
                Ratio("time against INSERT … SELECT … GROUP BY of the totals only (target: at most 0.9)",
                    works[0].Seconds / works[1].Seconds);
                break;
            default:
                Ratio("time with ten times the history (target: at most 1.1)", works[1].Seconds / works[0].Seconds);
                break;
        }
    }

    private static void Ratio(string what, double ratio) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ratio,18:0.00} × {what}"));

    internal static string Copy(string database, string to)
    {
        Delete(to);
        File.Copy(database, to);

        // Flushed to disk before the measurement; otherwise the larger copy would be flushed during its close.
        using (var copy = File.OpenWrite(to))
            copy.Flush(flushToDisk: true);
        return to;
    }

    private static void Delete(string database)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
            File.Delete(database + suffix);
    }

    private sealed record Work(string Name)
    {
        private readonly List<(double Seconds, double PeakMiB)> _runs = [];

        public double Seconds => Median(r => r.Seconds);

        public double PeakMiB => _runs.Max(r => r.PeakMiB);

        public void Add((double Seconds, double PeakMiB) run)
        {
            _runs.Add(run);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Name}: {run.Seconds:0.00} s, {run.PeakMiB:0} MiB"));
        }

        private double Median(Func<(double Seconds, double PeakMiB), double> figure)
        {
            var sorted = _runs.Select(figure).Order().ToList();
            return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
        }
    }
}
