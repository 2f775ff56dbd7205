// Usage: Settlements.TestRun RESULTS PROJECT…
// Runs built test projects, as many at a time as there are processors, the longest first. Projects that need a database share one server;
// tests that stop or configure their server start their own. Writes each project's log and report into RESULTS, and sums.txt:
// "N passed, N failed, N skipped".
using System.Diagnostics;
using System.Runtime.InteropServices;
using Settlements.TestRun;
using Settlements.TestServers;

if (args is not [var results, .. { Length: > 0 } projects])
{
    Console.Error.WriteLine("Usage: Settlements.TestRun RESULTS PROJECT…");
    return 2;
}

IgnoredSignals.Reset();
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var watch = Stopwatch.StartNew();
var runs = projects.Select(p => new ProjectRun(p, Path.GetFullPath(results))).OrderBy(r => r.Order).ToList();
using var scratch = ScratchFolder.Use();
await using var server = await SharedServer.StartAsync(runs);
var width = Math.Min(Environment.ProcessorCount, runs.Count);
await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = width }, async (run, _) =>
{
    if (stop.IsCancellationRequested)
        return;
    await run.RunAsync(server?.ConnectionString, stop.Token);
    lock (runs)
        Console.WriteLine($"-- {run.Name}: {run.Seconds:0} s\n{File.ReadAllText(run.Log).Trim()}");
});

foreach (var failure in runs.SelectMany(r => r.Failures))
    Console.Error.WriteLine($"\nFailed: {failure}");
Console.WriteLine($"\n{watch.Elapsed.TotalSeconds:0} s for these projects, {width} at a time:");
foreach (var run in runs)
    Console.WriteLine($"{run.Seconds,6:0} s  {run.Name}: {run.Sum}; the slowest: {run.Slowest}");
var sum = runs.Aggregate(new TestSum(0, 0, 0), (total, run) => total + run.Sum);
await File.WriteAllTextAsync(Path.Combine(results, "sums.txt"), $"{sum}\n");
return sum.Failed == 0 && runs.TrueForAll(r => r.ExitCode == 0) ? 0 : 1;

// The terminal sends Ctrl+C to the test programs too; a signal that only this process receives must end them.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
