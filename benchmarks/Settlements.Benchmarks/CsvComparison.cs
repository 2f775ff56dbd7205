using System.Globalization;
using System.Text;

namespace Settlements.Benchmarks;

/// <summary>Compares the library's CSV reader with Sep and Sylvan on files in memory.</summary>
internal static class CsvComparison
{
    public static async Task<int> RunAsync(int rows, int rounds)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows:N0} rows, rounds: {rounds}, {Environment.ProcessorCount} cores; processor time of this process, medians"));
        await MeasureAsync("event file, 6 columns, no quotes", EventFile(rows), rounds);
        await MeasureAsync("table file, 5 columns, every text quoted, Korean", QuotedFile(rows), rounds);
        await CsvHostileInput.PrintAsync();
        return 0;
    }

    private static async Task MeasureAsync(string title, byte[] file, int rounds)
    {
        CsvWork[] works =
        [
            new("Settlement", IsUtf8: true, () => CsvPeers.OwnAsync(new MemoryStream(file))),
            Peer("Sep", CsvPeers.Sep, CsvText.Chars, file),
            Peer("Sep", CsvPeers.Sep, CsvText.Encoded, file),
            Peer("Sep", CsvPeers.Sep, CsvText.Latin1, file),
            Peer("Sylvan", CsvPeers.Sylvan, CsvText.Chars, file),
            Peer("Sylvan", CsvPeers.Sylvan, CsvText.Encoded, file),
            Peer("Sylvan", CsvPeers.Sylvan, CsvText.Latin1, file),
        ];

        // The first round compiles the code and isn't counted.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var work in works)
                await work.RunAsync(isCounted: round > 0);
        }

        var utf8 = works.Where(work => work.IsUtf8).Select(work => work.Totals).Distinct().ToList();
        if (utf8.Count > 1)
            throw new InvalidOperationException($"The readers disagree: {string.Join(", ", utf8)}.");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"\n{title}, {file.Length / 1e6:0.0} MB"));
        Console.WriteLine($"{"",-34} {"ms",8} {"ns/row",9} {"MB/s",8} {"ratio",6} {"allocated KiB",14}");
        foreach (var work in works)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{work.Name,-34} {work.Milliseconds,8:0} {work.Milliseconds * 1e6 / work.Totals.Rows,9:0} "
                + $"{file.Length / work.Milliseconds / 1e3,8:0} {work.Milliseconds / works[0].Milliseconds,6:0.00} "
                + $"{work.AllocatedKiB,14:N0}"));
        }
    }

    private static CsvWork Peer(string name, Func<Stream, CsvText, Action<string>?, CsvTotals> read, CsvText form, byte[] file) => new(
        name + form switch
        {
            CsvText.Chars => ", chars only",
            CsvText.Encoded => ", chars encoded to UTF-8",
            _ => ", bytes as Latin-1, checked",
        },
        IsUtf8: form != CsvText.Chars, () => Task.FromResult(read(new MemoryStream(file), form, null)));

    private static byte[] EventFile(int rows)
    {
        var workload = new MySqlWorkload(0, rows, 100_000);
        var path = Path.GetTempFileName();
        try
        {
            MySqlWorkloadFile.WriteCsv(path, workload);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] QuotedFile(int rows)
    {
        var text = new StringBuilder("id,played_at,title,channel,n\n");
        for (var i = 0; i < rows; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{i},2024-07-01 {i / 3600 % 24:00}:{i / 60 % 60:00}:{i % 60:00},")
                .Append(CultureInfo.InvariantCulture, $"\"한국 영상 {i}, \"\"{i % 10}화\"\"\",\"channel-{i % 10_000}\",{i % 97}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A reader and a file, measured in each round.</summary>
    private sealed record CsvWork(string Name, bool IsUtf8, Func<Task<CsvTotals>> Read)
    {
        private readonly List<(double Milliseconds, double KiB)> _runs = [];

        public CsvTotals Totals { get; private set; }

        public double Milliseconds => _runs.Select(run => run.Milliseconds).Order().ElementAt(_runs.Count / 2);

        public double AllocatedKiB => _runs.Select(run => run.KiB).Order().ElementAt(_runs.Count / 2);

        public async Task RunAsync(bool isCounted)
        {
            var (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
            Totals = await Read();
            if (isCounted)
            {
                var bytes = GC.GetTotalAllocatedBytes(precise: true) - allocated;
                _runs.Add(((Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, bytes / 1024.0));
            }
        }
    }
}
