using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>Compares plays of the sample platform with an INSERT per request, and measures its pages on SQLite during plays.</summary>
internal sealed class PlatformComparison(int callers, int rounds, int events, int items)
{
    private const double SqliteRatioMin = 5;
    private const double MySqlRatioMin = 4;
    private const double PageMillisecondsMax = 50;
    private const string GroupMax = "256";

    private readonly FigureTable _figures = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;

    public async Task<int> RunAsync(string only)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{callers} callers, rounds: {rounds}; pages at {events:N0} events of {items:N0} items; {Environment.ProcessorCount} cores. "
            + $"SQLite: WAL, synchronous = FULL, on all sides"));
        try
        {
            if (only is "" or "plays" or "sqlite")
                await MeasurePlaysAsync("sqlite", "lock", () => Task.FromResult(Fresh()));
            if (only is "" or "plays" or "mysql")
                await MeasureMySqlPlaysAsync();
            if (only is "" or "limit")
                await MeasureLimitAsync();
            if (only is "" or "pages")
                await MeasurePagesAsync();
            if (only is "" or "close")
                await MeasureCloseAsync();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }

        _figures.Print();
        return _figures.IsMet ? 0 : 1;
    }

    private async Task MeasureMySqlPlaysAsync()
    {
        await using var server = await MySqlBenchmarkServer.StartAsync();
        Console.WriteLine(await server.DescribeAsync());
        await MeasurePlaysAsync("mysql", "pool", () => FreshAsync(server));
    }

    private async Task MeasurePlaysAsync(string store, string peer, Func<Task<string>> fresh)
    {
        var (watch, singleWatch) = (new Piece("viewers' commands, by the player", Waits), new Piece("each command a transaction", Waits));
        var (starts, singleStart) = (new Piece("starts alone", Waits), new Piece("each start a transaction", Waits));
        var (http, singleHttp) = (new Piece("starts, over HTTP", Waits), new Piece("over HTTP, each a transaction", Waits));
        var insert = new Piece("INSERT of the view's event", Waits);
        Piece.PrintHead($"Plays, {store}");
        for (var round = 0; round < rounds; round++)
        {
            await AddAsync(watch, "platform-watch", store, await fresh(), $"{callers}", GroupMax);
            await AddAsync(insert, "intake-peer", store, await fresh(), "500000", $"{callers}", peer);
            await AddAsync(starts, "platform-plays", store, await fresh(), $"{callers}", GroupMax);
            await AddAsync(singleWatch, "platform-watch", store, await fresh(), $"{callers}", "1");
            await AddAsync(singleStart, "platform-plays", store, await fresh(), $"{callers}", "1");
            await AddAsync(http, "platform-http", store, await fresh(), $"{callers}", GroupMax);
            await AddAsync(singleHttp, "platform-http", store, await fresh(), $"{callers}", "1");
        }

        var ratioMin = store == "mysql" ? MySqlRatioMin : SqliteRatioMin;
        _figures.AtLeast(
            $"{store}: acknowledged operations/s of viewers (a start, ten reports) against an INSERT per request", ratioMin,
            watch.RowsPerSecond / insert.RowsPerSecond);
        _figures.Note(
            $"{store}: the same against the same operations, each in a separate transaction",
            watch.RowsPerSecond / singleWatch.RowsPerSecond);
        _figures.AtLeast(
            $"{store}: acknowledged starts/s only against an INSERT per request", ratioMin, starts.RowsPerSecond / insert.RowsPerSecond);
        _figures.Note($"{store}: the same against the same starts, each in a separate transaction",
            starts.RowsPerSecond / singleStart.RowsPerSecond);
        _figures.Note(
            $"{store}: starts over HTTP, callers in the same process, against an INSERT per call",
            http.RowsPerSecond / insert.RowsPerSecond);
        _figures.Note($"{store}: the same against the same requests, each in a separate transaction",
            http.RowsPerSecond / singleHttp.RowsPerSecond);
    }

    /// <summary>Measures the least work of a report, by statements written by hand, against the INSERT.</summary>
    private async Task MeasureLimitAsync()
    {
        await using var server = await MySqlBenchmarkServer.StartAsync();
        Console.WriteLine(await server.DescribeAsync());
        var insert = new Piece("INSERT of the view's event", Waits);
        var called = new Piece("reports by hand, callers, 1 connection", Waits);
        var calledTwo = new Piece("reports by hand, callers, 2 connections", Waits);
        var (one, two) = (new Piece("reports by hand, 1 connection", Waits), new Piece("reports by hand, 2 connections", Waits));
        Piece.PrintHead("The least work of a report, mysql");
        for (var round = 0; round < rounds; round++)
        {
            await AddAsync(insert, "intake-peer", "mysql", await FreshAsync(server), "500000", $"{callers}", "pool");
            await AddAsync(called, "platform-limit", await FreshAsync(server), "1", "0", $"{callers}");
            await AddAsync(calledTwo, "platform-limit", await FreshAsync(server), "2", "0", $"{callers}");
            await AddAsync(one, "platform-limit", await FreshAsync(server), "1", $"{callers}", "0");
            await AddAsync(two, "platform-limit", await FreshAsync(server), "2", $"{callers / 2}", "0");
        }

        _figures.Note("reports/s by hand, of the same callers, against an INSERT per request", called.RowsPerSecond / insert.RowsPerSecond);
        _figures.Note("the same by two connections", calledTwo.RowsPerSecond / insert.RowsPerSecond);
        _figures.Note(
            "reports/s by hand, without callers and rules, against an INSERT per request", one.RowsPerSecond / insert.RowsPerSecond);
        _figures.Note("the same by two connections", two.RowsPerSecond / insert.RowsPerSecond);
    }

    private static async Task<string> FreshAsync(MySqlBenchmarkServer server)
    {
        await server.RecreateAsync();
        await server.SettleAsync();
        return server.ConnectionString;
    }

    private async Task MeasurePagesAsync()
    {
        var pages = new Piece(
            "pages", run => string.Create(CultureInfo.InvariantCulture, $"{run.Steps[^1]:0} plays/s during the requests"));
        Piece.PrintHead("Pages");
        await AddAsync(pages, "platform-pages", "sqlite", Fresh(), $"{events}", $"{items}");
        for (var page = 0; page < PlatformPages.All.Length; page++)
        {
            _figures.Note($"{PlatformPages.All[page].Name}: median latency", pages.Step(page * 2), "ms");
            _figures.AtMost(
                $"{PlatformPages.All[page].Name}: 99th percentile of latencies", PageMillisecondsMax, pages.Step(page * 2 + 1), "ms");
        }
    }

    private async Task MeasureCloseAsync()
    {
        var close = new Piece(
            "close during starts", run => string.Create(CultureInfo.InvariantCulture, $"{run.Steps[4]:0} starts during the close"));
        Piece.PrintHead("Close");
        for (var round = 0; round < rounds; round++)
            await AddAsync(close, "platform-close", "sqlite", Fresh(), $"{events}", $"{items}");
        _figures.Note("a start while a day is closed: half within", close.Step(0), "ms");
        _figures.Note("the longest", close.Step(1), "ms");
        _figures.Note("the longest answer of /health/ready", close.Step(2), "ms");
        _figures.Note("answers of it that were not 200", close.Step(3), "");
    }

    private string Fresh()
    {
        foreach (var file in Directory.EnumerateFiles(_folder))
            File.Delete(file);
        return $"Data Source={Path.Combine(_folder, "platform.db")}";
    }

    private static Task AddAsync(Piece piece, params string[] work) => piece.AddAsync(() => MeasuredProcess.MeasureAsync(work));

    private static string Waits(Measured run) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {run.Steps[0]:0.0} ms, p99 {run.Steps[1]:0.0} ms, client CPU {run.Steps[2]:0} %");
}
