using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Benchmarks;

/// <summary>Callers in this process that write one event after another, and their latencies.</summary>
internal sealed class IntakeWork(MySqlWorkload workload, int callers)
{
    /// <summary>
    /// The time limit of a measurement. Events per second of slower work are assumed not to depend on the number of events.
    /// </summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(20);

    /// <summary>The number of events of a batch.</summary>
    public const int BatchSize = 1_000;

    /// <summary>Number of events written before the measurement starts, so that code is compiled and connections are open.</summary>
    private const int WarmUp = 2_000;

    private readonly (string[] Items, string[] Payees) _names = workload.Names();

    /// <summary>Runs the work.</summary>
    /// <param name="args">The arguments from <see cref="IntakeComparison"/>.</param>
    /// <param name="start">Starts the measurement.</param>
    /// <param name="end">Ends the measurement.</param>
    /// <returns>
    /// The events written; median and 99th percentile of latencies in milliseconds; this process's CPU in percent of a core.
    /// </returns>
    public static async Task<(long Rows, double[] Waits)> RunAsync(string[] args, Action start, Action end)
    {
        var (kind, store, address, events, callers) = (args[0], args[1], args[2], int.Parse(args[3], null), int.Parse(args[4], null));
        var work = new IntakeWork(new MySqlWorkload(0, events + WarmUp, 100_000), callers);
        await using var services = Services(store, address, kind == "intake-peer" ? 1 : int.Parse(args[5], null));
        var engine = services.GetRequiredService<SettlementEngine>();
        await engine.Schema.ApplyAsync();
        if (kind == "intake-batches")
            return await work.MeasureBatchesAsync(events, engine.Writer, () => CountAsync(services), start, end);
        if (kind == "intake-writer")
            return await work.MeasureAsync(events, one => engine.Writer.WriteAsync(one), () => CountAsync(services), start, end);
        await using var peer = IntakePeers.Open(store, args[5], address, callers);
        return await work.MeasureAsync(events, peer.InsertAsync, () => CountAsync(services), start, end);
    }

    private async Task<(long Rows, double[] Waits)> MeasureAsync(
        int events, Func<UsageEvent, Task> write, Func<Task<long>> count, Action start, Action end)
    {
        await WriteAsync(0, WarmUp, write, null);
        var waits = new double[events];
        var cpuBefore = Environment.CpuUsage.TotalTime;
        start();
        var begun = Stopwatch.GetTimestamp();
        var rows = await WriteAsync(WarmUp, events, write, waits);
        end();
        var cpu = (Environment.CpuUsage.TotalTime - cpuBefore) / Stopwatch.GetElapsedTime(begun) * 100;
        var stored = await count();
        if (stored != rows + WarmUp)
            throw new InvalidOperationException($"{rows + WarmUp} events were acknowledged, {stored} are stored.");
        var sorted = waits[..rows];
        Array.Sort(sorted);
        return (rows, [sorted[rows / 2], sorted[rows * 99L / 100], cpu]);
    }

    /// <summary>Measures batches of one caller; the latencies are those of calls.</summary>
    private async Task<(long Rows, double[] Waits)> MeasureBatchesAsync(
        int events, UsageWriter writer, Func<Task<long>> count, Action start, Action end)
    {
        var waits = new List<double>();
        await WriteBatchesAsync(0, WarmUp);
        waits.Clear();
        var cpuBefore = Environment.CpuUsage.TotalTime;
        start();
        var begun = Stopwatch.GetTimestamp();
        var rows = await WriteBatchesAsync(WarmUp, events);
        end();
        var cpu = (Environment.CpuUsage.TotalTime - cpuBefore) / Stopwatch.GetElapsedTime(begun) * 100;
        var stored = await count();
        if (stored != rows + WarmUp)
            throw new InvalidOperationException($"{rows + WarmUp} events were acknowledged, {stored} are stored.");
        waits.Sort();
        return (rows, [waits[waits.Count / 2], waits[(int)(waits.Count * 99L / 100)], cpu]);

        async Task<int> WriteBatchesAsync(int first, int length)
        {
            for (var at = 0; at < length; at += BatchSize)
            {
                var called = Stopwatch.GetTimestamp();
                await writer.WriteBatchAsync([.. Enumerable.Range(first + at, Math.Min(BatchSize, length - at)).Select(Event)]);
                waits.Add(Stopwatch.GetElapsedTime(called).TotalMilliseconds);
            }

            return length;
        }
    }

    private async Task<int> WriteAsync(int first, int events, Func<UsageEvent, Task> write, double[]? waits)
    {
        var (next, done) = (-1, 0);
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(begun) < TimeMax && Interlocked.Increment(ref next) is var i && i < events)
            {
                var called = Stopwatch.GetTimestamp();
                await write(Event(first + i));
                Interlocked.Increment(ref done);
                if (waits is not null)
                    waits[i] = Stopwatch.GetElapsedTime(called).TotalMilliseconds;
            }
        })));
        return done;
    }

    private UsageEvent Event(int index)
    {
        var row = workload[index];
        return new UsageEvent(
            MySqlWorkload.Id(row), DateTimeOffset.UnixEpoch.AddMicroseconds(row.UnixMicroseconds), MySqlWorkload.Meter,
            _names.Items[row.Item],
            _names.Payees[row.Item % _names.Payees.Length], 1);
    }

    /// <summary>Counts the stored events with the library's event source.</summary>
    private static async Task<long> CountAsync(ServiceProvider services)
    {
        var engine = services.GetRequiredService<SettlementEngine>();
        return (await engine.Days.CloseThroughAsync(Workload.FirstDay)).Sum(day => day.Events);
    }

    private static ServiceProvider Services(string store, string address, int committers) => new ServiceCollection()
        .AddSettlement(settlement => (store == "sqlite" ? settlement.UseSqlite(address) : settlement.UseMySql(address))
            .Calendar("Asia/Seoul")
            .Meter(MySqlWorkload.Meter)
            .Configure(options => options.Writer = new UsageWriterOptions { Committers = committers }))
        .BuildServiceProvider();
}
