using System.Globalization;

namespace Settlement.Benchmarks;

/// <summary>Import and close on SQLite, each beside its peers in the same run, round after round; prints medians and ratios.</summary>
internal static class SqliteComparison
{
    private const int HistoryDays = 10;

    public static int Run(int events, int items, int rounds, bool orderedIds)
    {
        var folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;
        try
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{events:N0} events of one day, {items:N0} items, {(orderedIds ? "time-ordered" : "random")} ids, {rounds} rounds, {Environment.ProcessorCount} cores"));
            var csv = Path.Combine(folder, "day0.csv");
            Workload.Write(csv, 0, events, items, orderedIds);
            var imports = Import(folder, csv, rounds);
            var closes = Close(folder, csv, rounds);
            var history = History(folder, Math.Max(1, events / HistoryDays), items, orderedIds, rounds);
            Report(events, imports, closes, history);
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

    /// <summary>The same day closed after one published day, and after ten.</summary>
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

    private static void Report(int events, List<Work> imports, List<Work> closes, List<Work> history)
    {
        Console.WriteLine($"{"",-18} {"seconds",9} {"rows/s",12} {"peak MiB",9}");
        foreach (var work in imports.Concat(closes).Concat(history))
        {
            var rows = work.Name.StartsWith("history", StringComparison.Ordinal) ? Math.Max(1, events / HistoryDays) : events;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{work.Name,-18} {work.Seconds,9:0.00} {rows / work.Seconds,12:N0} {work.PeakMiB,9:0}"));
        }

        Ratio("import, rows/s against a prepared SqliteCommand (asked: at least 1.0)", imports[1].Seconds / imports[0].Seconds);
        Ratio("import, rows/s against a prepared statement of SQLite", imports[2].Seconds / imports[0].Seconds);
        Ratio("close, time against INSERT … SELECT … GROUP BY (asked: at most 0.9)", closes[0].Seconds / closes[1].Seconds);
        Ratio("close after 10 days, time against after 1 (asked: at most 1.1)", history[1].Seconds / history[0].Seconds);
    }

    private static void Ratio(string what, double ratio) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ratio,6:0.00}  {what}"));

    private static string Copy(string database, string to)
    {
        Delete(to);
        File.Copy(database, to);
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
