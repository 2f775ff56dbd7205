namespace Settlements;

/// <summary>A filter of lines; null properties match all.</summary>
/// <param name="Meter">Only this meter.</param>
/// <param name="ItemId">Only this item.</param>
/// <param name="PayeeId">Only this payee.</param>
public sealed record ItemFilter(string? Meter = null, string? ItemId = null, string? PayeeId = null);
