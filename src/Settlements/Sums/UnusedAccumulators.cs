using System.Collections.Concurrent;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Accumulators that are reused by the chunks of a step, at most one for each worker, because their memory grows with the number of items.
/// The references are weak: the garbage collector frees the memory for the next step, which needs as much. Thread-safe.
/// </summary>
internal sealed class UnusedAccumulators
{
    private readonly ConcurrentBag<WeakReference<SumAccumulator>> _unused = [];

    /// <summary>Returns an empty accumulator.</summary>
    public SumAccumulator Take()
    {
        while (_unused.TryTake(out var reference))
        {
            if (reference.TryGetTarget(out var unused))
            {
                unused.Clear();
                return unused;
            }
        }

        return new SumAccumulator();
    }

    /// <summary>Keeps an accumulator for reuse.</summary>
    public void Return(SumAccumulator unused) => _unused.Add(new WeakReference<SumAccumulator>(unused));
}
