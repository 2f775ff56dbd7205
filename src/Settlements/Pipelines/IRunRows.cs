using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The port of a stage whose rows belong to runs. During publication, each stage deletes its own obsolete rows.</summary>
[Experimental("SETTLE001")]
public interface IRunRows
{
    /// <summary>Deletes the rows that are no longer read: those of abandoned runs, and those that a published day does not need.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="abandonedRuns">The abandoned runs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are deleted.</returns>
    Task DeleteObsoleteRowsAsync(DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken);
}
