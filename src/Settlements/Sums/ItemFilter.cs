namespace Settlements;

/// <summary>A filter of lines; null properties match all.</summary>
public sealed class ItemFilter(string? meter = null, string? itemId = null, string? payeeId = null)
{
    /// <summary>Only this meter.</summary>
    public string? Meter { get; } = meter;

    /// <summary>Only this item.</summary>
    public string? ItemId { get; } = itemId;

    /// <summary>Only this payee.</summary>
    public string? PayeeId { get; } = payeeId;
}
