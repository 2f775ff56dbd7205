using System.Text.Json.Serialization;

namespace Settlements;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExclusionContent))]
[JsonSerializable(typeof(RestatementContent))]
[JsonSerializable(typeof(PublicationContent))]
internal sealed partial class CorrectionJson : JsonSerializerContext;

/// <summary>The content of a restatement, as it is stored.</summary>
internal sealed record RestatementContent(DateOnly First, DateOnly Last, string[][] Versions, string? Sources);

/// <summary>The content of a day that waits for an approval, as it is stored.</summary>
internal sealed record PublicationContent(DateOnly Day, Dictionary<string, decimal> Amounts, Dictionary<string, decimal> Averages);
