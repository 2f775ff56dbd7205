namespace Settlements.Tests;

internal static class Allocations
{
    /// <summary>
    /// The least that some work allocated, in bytes, of ten times. A collection meanwhile counts a thread's open 8 KiB as used; what the work
    /// itself allocates, it allocates every time.
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
