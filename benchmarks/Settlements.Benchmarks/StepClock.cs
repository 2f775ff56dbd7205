using System.Diagnostics;

namespace Settlements.Benchmarks;

/// <summary>Measures each step of a close, from its first progress report to that of the next step or to the end.</summary>
internal sealed class StepClock(Stopwatch watch) : IProgress<CloseProgress>
{
    private readonly Lock _lock = new();
    private readonly List<double> _begun = [];
    private readonly List<double> _processorBegun = [];

    public void Report(CloseProgress value)
    {
        lock (_lock)
        {
            if (value.Run.StepNumber > _begun.Count)
            {
                _begun.Add(watch.Elapsed.TotalSeconds);
                _processorBegun.Add(ProcessorSeconds);
            }
        }
    }

    private static double ProcessorSeconds => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Returns the seconds of each step.</summary>
    public double[] End() => Differences(_begun, watch.Elapsed.TotalSeconds);

    /// <summary>Returns the processor seconds of this process in each step.</summary>
    public double[] EndProcessor() => Differences(_processorBegun, ProcessorSeconds);

    private static double[] Differences(List<double> begun, double end) =>
        [.. begun.Select((at, i) => (i + 1 < begun.Count ? begun[i + 1] : end) - at)];
}
