using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>A stage's store whose rows belong to runs. Publication lets each stage delete its own.</summary>
[Experimental("SETTLE001")]
public interface IRunRows
{
    /// <summary>Deletes the rows that nobody reads any more: those of abandoned runs, and those that a published day does not need.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="abandonedRuns">The runs that were abandoned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are deleted.</returns>
    Task DeleteObsoleteRowsAsync(DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken);
}
