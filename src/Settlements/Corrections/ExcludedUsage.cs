using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// Excluded usage of an application's table: its negative quantity was posted, and its rows may be deleted from the table later. Immutable.
/// </summary>
[Experimental("SETTLE001")]
public sealed class ExcludedUsage(DateOnly usageDate, string meter, string itemId, string payeeId, long quantity, long events)
{
    internal ExcludedUsage(ExcludedUsage other)
        : this(other.UsageDate, other.Meter, other.ItemId, other.PayeeId, other.Quantity,
            other.Events)
    {
    }

    /// <summary>The usage date.</summary>
    public DateOnly UsageDate { get; internal init; } = usageDate;

    /// <summary>The meter.</summary>
    public string Meter { get; internal init; } = meter;

    /// <summary>The item.</summary>
    public string ItemId { get; internal init; } = itemId;

    /// <summary>The payee.</summary>
    public string PayeeId { get; internal init; } = payeeId;

    /// <summary>The units that are excluded and not reinstated.</summary>
    public long Quantity { get; internal init; } = quantity;

    /// <summary>The number of rows.</summary>
    public long Events { get; internal init; } = events;

    /// <summary>
    /// Returns the part of a decrease that the exclusion explains, because its negative quantity was posted already: at most the excluded
    /// quantity, and nothing for an increase.
    /// </summary>
    internal (Int128 Quantity, long Events) ExplainedPart(Int128 quantityBefore, long eventsBefore, Int128 quantityAfter, long eventsAfter)
    {
        var (quantity, events) = (quantityBefore - quantityAfter, eventsBefore - eventsAfter);
        return quantity < 0 || events < 0 || Quantity < 0 || Events < 0
            ? (0, 0)
            : (Int128.Min(quantity, Quantity), Math.Min(events, Events));
    }
}

/// <summary>Reads excluded usage for reconciliation and verification.</summary>
[Experimental("SETTLE001")]
public interface IExcludedUsage
{
    /// <summary>Returns the usage of applications' tables that is excluded on a usage date and not reinstated.</summary>
    /// <param name="usageDate">The usage date.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sums over all exclusions, ordered by meter, item and payee, by bytes.</returns>
    Task<IReadOnlyList<ExcludedUsage>> ListBySourcesAsync(DateOnly usageDate, CancellationToken cancellationToken);
}
