using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Settlements.Stores;

/// <summary>Thrown when another instance has leased a chunk, so that the results of this instance were not written.</summary>
[Experimental("SETTLE001")]
public sealed class LeaseLostException : Exception
{
    /// <summary>Initializes an exception for a lost lease.</summary>
    /// <param name="lease">The lease that is no longer valid.</param>
    public LeaseLostException(PipelineLease lease)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"The lease of chunk {lease?.Chunk.Number} of step {lease?.Chunk.Step} of run {lease?.Chunk.RunId} expired and another "
            + $"instance has leased the chunk. Nothing of it was written by this instance. Increase LeaseDuration for slow chunks."))
    {
        ArgumentNullException.ThrowIfNull(lease);
        Lease = lease;
    }

    /// <summary>Gets the lease that is no longer valid.</summary>
    public PipelineLease Lease { get; }
}
