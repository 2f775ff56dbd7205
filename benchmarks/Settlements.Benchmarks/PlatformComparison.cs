using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>The sample platform: plays of many callers against one INSERT a request, and on SQLite its pages while plays come in.</summary>
internal sealed class PlatformComparison(int callers, int rounds, int events, int items)
{
    private const double TimesAsked = 5;
    private const double PageMillisecondsMax = 50;
    private const string GroupMax = "256";

    private readonly FigureTable _figures = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;

    public async Task<int> RunAsync(string only)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{callers} callers, rounds: {rounds}; pages at {events:N0} events of {items:N0} items; {Environment.ProcessorCount} cores. SQLite: WAL, synchronous = FULL, on all sides"));
        try
        {
            if (only is "" or "plays" or "sqlite")
                await MeasurePlaysAsync("sqlite", "lock", () => Task.FromResult(Fresh()));
            if (only is "" or "plays" or "mysql")
                await MeasureMySqlPlaysAsync();
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
        await MeasurePlaysAsync("mysql", "pool", async () =>
        {
            await server.RecreateAsync();
            await server.SettleAsync();
            return server.ConnectionString;
        });
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

        _figures.AtLeast($"{store}: acknowledged commands/s of viewers (a start, ten reports) against one bare INSERT a request", TimesAsked, watch.RowsPerSecond / insert.RowsPerSecond);
        _figures.Note($"{store}: the same against the same commands, each in a transaction of its own", watch.RowsPerSecond / singleWatch.RowsPerSecond);
        _figures.AtLeast($"{store}: acknowledged starts/s alone against one bare INSERT a request", TimesAsked, starts.RowsPerSecond / insert.RowsPerSecond);
        _figures.Note($"{store}: the same against the same starts, each in a transaction of its own", starts.RowsPerSecond / singleStart.RowsPerSecond);
        _figures.Note($"{store}: starts over HTTP, callers in the same process, against one bare INSERT a call", http.RowsPerSecond / insert.RowsPerSecond);
        _figures.Note($"{store}: the same against the same requests, each in a transaction of its own", http.RowsPerSecond / singleHttp.RowsPerSecond);
    }

    private async Task MeasurePagesAsync()
    {
        var pages = new Piece("pages", run => string.Create(CultureInfo.InvariantCulture, $"{run.Steps[^1]:0} plays/s beside them"));
        Piece.PrintHead("Pages");
        await AddAsync(pages, "platform-pages", "sqlite", Fresh(), $"{events}", $"{items}");
        for (var page = 0; page < PlatformPages.All.Length; page++)
        {
            _figures.Note($"{PlatformPages.All[page].Name}: half within", pages.Step(page * 2), "ms");
            _figures.AtMost($"{PlatformPages.All[page].Name}: 99 of 100 within", PageMillisecondsMax, pages.Step(page * 2 + 1), "ms");
        }
    }

    private async Task MeasureCloseAsync()
    {
        var close = new Piece("close beside starts", run => string.Create(CultureInfo.InvariantCulture, $"{run.Steps[4]:0} starts beside it"));
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
        string.Create(CultureInfo.InvariantCulture, $"p50 {run.Steps[0]:0.0} ms, p99 {run.Steps[1]:0.0} ms, own CPU {run.Steps[2]:0} %");
}
