using System.Diagnostics.CodeAnalysis;

namespace Settlements;

/// <summary>A filter of lines; null properties match all.</summary>
public sealed class ItemFilter(string? meter = null, string? itemId = null, string? payeeId = null)
{
    /// <summary>Only this meter.</summary>
    [Experimental("SETTLE001")]
    public string? Meter { get; } = meter;

    /// <summary>Only this item.</summary>
    [Experimental("SETTLE001")]
    public string? ItemId { get; } = itemId;

    /// <summary>Only this payee.</summary>
    [Experimental("SETTLE001")]
    public string? PayeeId { get; } = payeeId;
}
