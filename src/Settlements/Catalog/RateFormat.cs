namespace Settlements;

/// <summary>The formats in which <see cref="RateCatalog"/> exports and imports rates.</summary>
public enum RateFormat
{
    /// <summary>JSON, like the part <c>rates</c> of a settlement file.</summary>
    Json,

    /// <summary>CSV (RFC 4180) with a header and a row for each tier.</summary>
    Csv,
}

/// <summary>The result of an import of rates. Immutable.</summary>
public sealed class RateImportReport
{
    internal RateImportReport(IReadOnlyList<Proposal> proposals, int skippedCount) =>
        (Proposals, SkippedCount) = (proposals, skippedCount);

    /// <summary>The proposals, one for each new version, in an order in which they can be approved.</summary>
    public IReadOnlyList<Proposal> Proposals { get; }

    /// <summary>The number of versions that exist, or are proposed, with the same definition.</summary>
    public int SkippedCount { get; }
}
