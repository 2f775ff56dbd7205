using System.Diagnostics;
using System.Globalization;

namespace Settlements.Benchmarks;

/// <summary>The measurement of work on MySQL.</summary>
/// <param name="Seconds">Wall time, without the start of the process.</param>
/// <param name="PeakMiB">Peak resident memory of the process in MiB; NaN if unknown.</param>
/// <param name="Rows">Number of rows stored or read.</param>
/// <param name="Steps">Seconds of the steps of a close.</param>
internal sealed record Measured(double Seconds, double PeakMiB, long Rows, IReadOnlyList<double> Steps)
{
    public string ToLine() =>
        string.Join(' ', ((double[])[Seconds, PeakMiB, Rows, .. Steps]).Select(f => f.ToString("R", CultureInfo.InvariantCulture)));

    public static Measured Parse(string line) =>
        line.Split(' ').Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray()
            is [var seconds, var peak, var rows, .. var steps]
            ? new(seconds, peak, (long)rows, steps)
            : throw new FormatException($"'{line}' is no measurement.");
}

/// <summary>Measured work in a separate process.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _work;

    private MeasuredProcess(Process process, string work) => (_process, _work) = (process, work);

    public bool HasEnded => _process.HasExited;

    /// <summary>Runs the work to its end.</summary>
    public static async Task<Measured> MeasureAsync(params string[] work)
    {
        using var process = await StartAsync(work);
        return await process.EndAsync();
    }

    /// <summary>Starts the work and returns when its measurement has started.</summary>
    public static async Task<MeasuredProcess> StartAsync(params string[] work)
    {
        var started = new MeasuredProcess(BenchmarkProgram.Start(["mysql-child", .. work]), work[0]);
        if (await started._process.StandardOutput.ReadLineAsync() == MySqlChild.Started)
            return started;
        await started._process.WaitForExitAsync();
        throw new InvalidOperationException($"{work[0]} did not start: exit code {started._process.ExitCode}.");
    }

    public async Task<Measured> EndAsync()
    {
        var line = (await _process.StandardOutput.ReadToEndAsync()).Trim();
        await _process.WaitForExitAsync();
        return _process.ExitCode == 0 ? Measured.Parse(line) : throw new InvalidOperationException(
            $"{_work} failed with {_process.ExitCode}.");
    }

    /// <summary>Kills the process with SIGKILL, so that it can't clean up.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}

/// <summary>Work that is measured in each round: the median of its times and the maximum of its memory.</summary>
/// <param name="Name">The name of the work.</param>
/// <param name="Describe">Formats the steps of a run; null for those of a close.</param>
internal sealed record Piece(string Name, Func<Measured, string>? Describe = null)
{
    private readonly List<Measured> _runs = [];

    public bool HasRuns => _runs.Count > 0;

    public double Seconds => Median(r => r.Seconds);

    public double RowsPerSecond => Median(r => r.Rows / r.Seconds);

    public double PeakMB => _runs.Select(r => r.PeakMiB * 1.048576).DefaultIfEmpty(double.NaN).Max();

    public double Step(int index) => Median(r => index < r.Steps.Count ? r.Steps[index] : double.NaN);

    /// <summary>Measures the work. A failure is printed and misses its target; the benchmark continues.</summary>
    public async Task AddAsync(Func<Task<Measured>> measure)
    {
        try
        {
            var run = await measure();
            _runs.Add(run);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {Name,-34} {run.Seconds,9:0.00} {run.Rows / run.Seconds,12:N0} {Memory(run),9}   "
                    + $"{(Describe ?? Steps)(run)}").TrimEnd());
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Console.WriteLine($"  {Name,-34} failed: {e.Message}");
        }
    }

    public static void PrintHead(string title) => Console.WriteLine($"\n{title}\n  {"",-34} {"seconds",9} {"rows/s",12} {"peak MB",9}");

    private static string Memory(Measured run) =>
        double.IsNaN(run.PeakMiB) ? "–" : (run.PeakMiB * 1.048576).ToString("0", CultureInfo.InvariantCulture);

    private static string Steps(Measured run) =>
        run.Steps.Count == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"sum {run.Steps[0]:0.00} s, price {run.Steps.ElementAtOrDefault(1):0.00} s, publish {run.Steps.ElementAtOrDefault(2):0.00} s");

    private double Median(Func<Measured, double> figure)
    {
        var sorted = _runs.Select(figure).Order().ToList();
        return sorted.Count == 0 ? double.NaN
            : sorted.Count % 2 == 1 ? sorted[sorted.Count / 2]
            : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
