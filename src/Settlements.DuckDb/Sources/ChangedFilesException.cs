using System.Data.Common;

namespace Settlements.DuckDb;

/// <summary>Thrown when files were replaced while they were read, or sums don't add up. The step is retried.</summary>
internal sealed class ChangedFilesException(string message) : DbException(message)
{
    /// <inheritdoc />
    public override bool IsTransient => true;
}
