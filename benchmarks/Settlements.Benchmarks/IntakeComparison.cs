using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>The size of an intake benchmark: maximum number of events, callers, rounds, and the store.</summary>
internal sealed record IntakeSize(int Events, int Callers, int Rounds, string Only)
{
    public bool Has(string store) => Only.Length == 0 || Only == store;
}

/// <summary>
/// Compares many callers that write single events through the writer and by an INSERT per request, on SQLite and MariaDB.
/// </summary>
internal sealed class IntakeComparison(IntakeSize size, FigureTable figures)
{
    /// <summary>The target: minimum ratio of the writer's events per second to those of an INSERT per request.</summary>
    private const double RatioMin = 5;

    /// <summary>The target: minimum ratio of events per second in batches to those of single calls, with one caller.</summary>
    private const double BatchRatioMin = 5;

    /// <summary>The target: minimum ratio of one caller's events per second to those of the faster INSERT: nothing is grouped.</summary>
    private const double OneCallerRatioMin = 0.8;

    /// <summary>The number of events in batches, for each event of single calls.</summary>
    private const int BatchedEvents = 20;

    private static readonly int[] Committers = [1, 2, 4];

    public static async Task<int> RunAsync(IntakeSize size)
    {
        if (size.Only is not ("" or "sqlite" or "mysql") || size.Events < 1_000 || size.Callers is < 1 or > 250 || size.Rounds < 1)
        {
            await Console.Error.WriteLineAsync(
                "--only takes sqlite or mysql; --events is at least 1000, --callers 1 to 250, --rounds at least 1.");
            return 2;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Up to {size.Events:N0} events or {IntakeWork.TimeMax.TotalSeconds:0} s per measurement, {size.Callers} callers, rounds: "
            + $"{size.Rounds}, {Environment.ProcessorCount} cores"));
        var figures = new FigureTable();
        var comparison = new IntakeComparison(size, figures);
        if (size.Has("sqlite"))
            await comparison.MeasureSqliteAsync();
        if (size.Has("mysql"))
            await comparison.MeasureMySqlAsync();
        figures.Print();
        return figures.IsMet ? 0 : 1;
    }

    private async Task MeasureSqliteAsync()
    {
        var folder = Directory.CreateTempSubdirectory("settlement-benchmark-").FullName;
        try
        {
            var file = Path.Combine(folder, "intake.db");
            Console.WriteLine("SQLite: WAL, synchronous = FULL, on all sides");
            await MeasureAsync("sqlite", ["INSERT, 1 connection, a lock", "INSERT, 8 connections, busy_timeout"], ["lock", "busy"],
                $"Data Source={file}", () =>
            {
                foreach (var suffix in (string[])["", "-wal", "-shm"])
                    File.Delete(file + suffix);
                return Task.CompletedTask;
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task MeasureMySqlAsync()
    {
        await using var server = await MySqlBenchmarkServer.StartAsync();
        Console.WriteLine(await server.DescribeAsync());
        await MeasureAsync(
            "mysql", ["INSERT, pool of the callers", "INSERT, prepared, no reset, pool of 32"], ["pool", "tuned"], server.ConnectionString,
            async () =>
            {
                await server.Database.EmptyAsync();
                await server.SettleAsync();
            });
    }

    private async Task MeasureAsync(string store, string[] peerNames, string[] peerKinds, string address, Func<Task> empty)
    {
        var (events, callers) = ($"{size.Events}", $"{size.Callers}");
        var writers = Committers.Select(count =>
            (Count: count, Piece: new Piece($"writer, {count} {(count == 1 ? "committer" : "committers")}", Latencies))).ToList();
        var peers = peerKinds.Zip(peerNames, (kind, name) => (Kind: kind, Piece: new Piece(name, Latencies))).ToList();
        var batches = new Piece($"writer, {IntakeWork.BatchSize} events a call", Latencies);
        Piece.PrintHead($"Intake, {store}");
        for (var round = 0; round < size.Rounds; round++)
        {
            foreach (var (count, piece) in writers)
                await AddAsync(piece, "intake-writer", store, address, events, callers, $"{count}");
            foreach (var (kind, piece) in peers)
                await AddAsync(piece, "intake-peer", store, address, events, callers, kind);
            if (size.Callers == 1)
                await AddAsync(batches, "intake-batches", store, address, $"{size.Events * BatchedEvents}", callers, "2");
        }

        var ours = writers.Single(writer => writer.Count == new UsageWriterOptions().Committers).Piece;
        var best = peers.MaxBy(peer => double.IsNaN(peer.Piece.RowsPerSecond) ? 0 : peer.Piece.RowsPerSecond).Piece;
        foreach (var (kind, peer) in peers)
        {
            var figure = $"{store}: {ours.Name}: events/s against {peer.Name}{(peer == best ? " (the faster)" : "")}";

            var ratio = ours.RowsPerSecond / peer.RowsPerSecond;
            if (peer == best || kind == "tuned")
                figures.AtLeast(figure, size.Callers == 1 ? OneCallerRatioMin : RatioMin, ratio);
            else if (kind == "pool" && size.Callers > 1)
                figures.AtLeast(figure, RatioMin, ratio);
            else
                figures.Note(figure, ratio);
        }

        if (batches.HasRuns)
        {
            figures.AtLeast(
                $"{store}: {batches.Name}: events/s against {ours.Name}", BatchRatioMin, batches.RowsPerSecond / ours.RowsPerSecond);
        }

        foreach (var (_, piece) in writers.Where(writer => writer.Piece != ours))
            figures.Note($"{store}: {piece.Name}: events/s against {ours.Name}", piece.RowsPerSecond / ours.RowsPerSecond);
        figures.Note($"{store}: {ours.Name}: 99th percentile of latencies", ours.Step(1), "ms");
        figures.Note($"{store}: {best.Name}: 99th percentile of latencies", best.Step(1), "ms");

        async Task AddAsync(Piece piece, params string[] work)
        {
            await empty();
            await piece.AddAsync(() => MeasuredProcess.MeasureAsync(work));
        }
    }

    private static string Latencies(Measured run) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {run.Steps[0]:0.0} ms, p99 {run.Steps[1]:0.0} ms, client CPU {run.Steps[2]:0} %");
}
