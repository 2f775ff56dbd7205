using System.Text.Json.Serialization;

namespace Settlements;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExclusionContent))]
[JsonSerializable(typeof(RestatementContent))]
[JsonSerializable(typeof(PublicationContent))]
internal sealed partial class CorrectionJson : JsonSerializerContext;

/// <summary>The stored content of a restatement.</summary>
internal sealed record RestatementContent(DateOnly First, DateOnly Last, string[][] Versions, string? Sources);

/// <summary>The stored content of a proposal to publish a day with unusual amounts.</summary>
internal sealed record PublicationContent(DateOnly Day, Dictionary<string, decimal> Amounts, Dictionary<string, decimal> Averages);
