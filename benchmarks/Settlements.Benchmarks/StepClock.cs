using System.Diagnostics;

namespace Settlements.Benchmarks;

/// <summary>Measures each step of a close, from its first progress report to that of the next step or to the end.</summary>
internal sealed class StepClock(Stopwatch watch) : IProgress<CloseProgress>
{
    private readonly Lock _lock = new();
    private readonly List<double> _begun = [];

    public void Report(CloseProgress value)
    {
        lock (_lock)
        {
            if (value.Run.StepNumber > _begun.Count)
                _begun.Add(watch.Elapsed.TotalSeconds);
        }
    }

    public double[] End() =>
        [.. _begun.Select((begun, i) => (i + 1 < _begun.Count ? _begun[i + 1] : watch.Elapsed.TotalSeconds) - begun)];
}
