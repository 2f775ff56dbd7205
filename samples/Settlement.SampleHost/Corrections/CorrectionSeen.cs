using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Settlement.SampleHost.Corrections;

/// <summary>A part of a correction: usage that is taken out or added, or a published line whose price differs.</summary>
/// <param name="Day">The usage date as yyyy-MM-dd.</param>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Quantity">The posted quantity; 0 if only the price differs.</param>
/// <param name="Amount">The difference of the amount in KRW, if only the price differs; null otherwise.</param>
internal sealed record CorrectionPart(string Day, string Meter, string ItemId, string PayeeId, long Quantity, decimal? Amount)
{
    [JsonIgnore]
    public DateOnly Date => DateOnly.ParseExact(Day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>The preview of a correction, as its proposer has seen it.</summary>
internal sealed record CorrectionSeen
{
    public long ProposalId { get; init; }

    public string FirstDay { get; init; } = "";

    public string LastDay { get; init; } = "";

    /// <summary>The amount in KRW as an invariant number: engines have different types for decimals.</summary>
    public string Amount { get; init; } = "0";

    public long PartsCount { get; init; }

    /// <summary>The first parts, as JSON.</summary>
    public string Parts { get; init; } = "[]";

    public decimal AmountWon => decimal.Parse(Amount, NumberStyles.Float, CultureInfo.InvariantCulture);

    public DateOnly First => DateOnly.ParseExact(FirstDay, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public DateOnly Last => DateOnly.ParseExact(LastDay, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public IReadOnlyList<CorrectionPart> ReadParts() => JsonSerializer.Deserialize<List<CorrectionPart>>(Parts) ?? [];
}
