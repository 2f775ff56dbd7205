using Settlements.Stores;

namespace Settlements;

/// <summary>A line that is being priced.</summary>
internal sealed class LineDraft(LineKind kind, DateOnly usageDate, string payeeId, long quantity, long events)
{
    public LineKind Kind { get; } = kind;

    public DateOnly UsageDate { get; set; } = usageDate;

    public string PayeeId { get; } = payeeId;

    public long Quantity { get; } = quantity;

    public long Events { get; } = events;

    public RestatedLine? Restates { get; init; }

    /// <summary>The change of the price by a restatement; null for other lines.</summary>
    public RestatedPrice? Restated { get; init; }

    public RateVersion? Version { get; set; }

    public DateOnly PeriodStart { get; set; }

    public long CounterBefore { get; set; }

    public long CounterAfter { get; set; }

    /// <summary>The exact price of the quantity.</summary>
    public decimal Exact { get; set; }

    public (DateOnly UsageDate, string PayeeId, LineKind Kind, RestatedLine? Restates) PricingKey => (UsageDate, PayeeId, Kind, Restates);
}
