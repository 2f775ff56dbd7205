using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// The run ids of the rows of estimates. A run that refreshes an estimate writes the rows of each open day with an id of their own, below
/// 0: no business day ever names it, so the rows are never mixed into published ones, and the ids of older refreshes are greater.
/// </summary>
[Experimental("SETTLE001")]
public static class EstimateRuns
{
    /// <summary>The maximum number of open days of an estimate.</summary>
    internal const int DaysMax = 366;

    /// <summary>The number of ids of a run: more than it has days.</summary>
    private const int IdsOfRun = 512;

    /// <summary>Returns the smallest id of the rows of estimates that are older than a run.</summary>
    /// <param name="runId">The run, greater than 0.</param>
    /// <returns>The id. All ids from this one to -1 belong to older runs.</returns>
    public static long FirstBefore(long runId) => checked(-(runId * IdsOfRun) + 1);

    /// <summary>Returns the greatest id of the rows of estimates that are newer than a run.</summary>
    /// <param name="runId">The run, 0 or greater.</param>
    internal static long LastAfter(long runId) => checked(-((runId + 1) * IdsOfRun));

    /// <summary>Returns the id of the rows of an open day.</summary>
    /// <param name="runId">The run that refreshes the estimate, greater than 0.</param>
    /// <param name="day">The number of the day among the open days, from 0.</param>
    internal static long Of(long runId, int day) => checked(-(runId * IdsOfRun) - day);
}
