namespace Settlements.Pipelines;

/// <summary>A chunk was taken over by another host, so this host's results were not written.</summary>
public sealed class LeaseLostException : Exception
{
    /// <summary>Says which chunk was lost.</summary>
    /// <param name="claim">The claim that is no longer valid.</param>
    public LeaseLostException(PipelineLease claim)
        : base(FormattableString.Invariant($"Chunk {claim?.Chunk.Number} of step {claim?.Chunk.Step} of run {claim?.Chunk.RunId} was taken over after its lease ran out; ")
            + "nothing of it was written here. A longer LeaseDuration gives slow chunks more time.")
    {
        ArgumentNullException.ThrowIfNull(claim);
        Claim = claim;
    }

    /// <summary>The claim that is no longer valid.</summary>
    public PipelineLease Claim { get; }
}
