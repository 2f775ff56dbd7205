namespace Settlements.Tests;

internal static class Allocations
{
    /// <summary>
    /// Measures allocations, in bytes: the minimum of ten runs. A garbage collection during a run counts the thread's open 8 KiB as used;
    /// the allocations of the work itself occur in every run.
    /// </summary>
    public static long Least(Action work)
    {
        var least = long.MaxValue;
        for (var time = 0; time < 10; time++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
