using System.Globalization;
using System.Runtime.InteropServices;

namespace Settlements.Benchmarks;

/// <summary>The size of a MySQL benchmark: events, items, rounds, and the selected part.</summary>
internal sealed record MySqlSize(int Events, int Items, int Rounds, string Only, bool Keep)
{
    public bool Has(string part) => Only.Length == 0 || Only == part;
}

/// <summary>Compares load and close with their peers on a MariaDB server and prints targets and measurements.</summary>
internal static class MySqlComparison
{
    /// <summary>Maximum number of events of a day with ten times the items; more events would repeat the first figure.</summary>
    private const int ManyItemsEventsMax = 10_000_000;

    public static async Task<int> RunAsync(MySqlSize size)
    {
        if (size.Only is not ("" or "load" or "close" or "history" or "restart" or "price") || size.Events < 100 || size.Items < 10
            || size.Rounds < 1)
        {
            await Console.Error.WriteLineAsync(
                "--only takes load, close, history, restart or price; --events is at least 100, --items 10, --rounds 1.");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;
        MySqlBenchmarkServer? server = null;
        var isStopping = false;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            server = await MySqlBenchmarkServer.StartAsync();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{size.Events:N0} events of one day, {size.Items:N0} items, rounds: {size.Rounds}, {Environment.ProcessorCount} cores"));
            Console.WriteLine(await server.DescribeAsync());
            var figures = new FigureTable();
            await MeasureAsync(size, server, folder, figures);
            figures.Print();
            return figures.IsMet ? 0 : 1;
        }
        finally
        {
            // The process ends after the cleanup, so that work that fails because the server stopped can't interfere.
            if (Volatile.Read(ref isStopping))
                await Task.Delay(Timeout.Infinite);
            CleanUp();
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            if (Interlocked.Exchange(ref isStopping, true))
                return;
            CleanUp();
            Environment.Exit(130);
        }

        void CleanUp()
        {
            if (size.Keep)
            {
                var running = server is null ? "no server" : $"the server, process {server.ProcessId}, at {server.ConnectionString}";
                Console.WriteLine($"Data kept in {folder}; {running}");
                return;
            }

            server?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            server = null;
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(MySqlSize size, MySqlBenchmarkServer server, string folder, FigureTable figures)
    {
        if (size.Has("load"))
            await new MySqlLoads(size, server, folder, figures).MeasureAsync();
        var closes = new MySqlCloses(size, server, folder, figures);
        if (size.Has("close") || size.Has("restart"))
            await closes.MeasureDayAsync(size.Events, size.Items);
        if (size.Has("close") || size.Has("price"))
            await closes.MeasureDayAsync(Math.Min(size.Events, ManyItemsEventsMax), size.Items * 10);
        if (size.Has("history"))
            await closes.MeasureHistoryAsync();
    }
}
