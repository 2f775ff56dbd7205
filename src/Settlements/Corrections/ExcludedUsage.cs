using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>Usage of an application's table that was excluded: negative usage was posted for it, and its rows may disappear since. Immutable.</summary>
/// <param name="UsageDate">The usage date.</param>
/// <param name="Meter">What is counted.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Quantity">Units that are excluded and not reinstated.</param>
/// <param name="Events">Rows.</param>
[Experimental("SETTLE001")]
public sealed record ExcludedUsage(DateOnly UsageDate, string Meter, string ItemId, string PayeeId, long Quantity, long Events)
{
    /// <summary>The part of a decrease that was excluded, and so is taken back already: all of it, or as much as was excluded; else nothing.</summary>
    internal (Int128 Quantity, long Events) Explained(Int128 quantityBefore, long eventsBefore, Int128 quantityAfter, long eventsAfter)
    {
        var (quantity, events) = (quantityBefore - quantityAfter, eventsBefore - eventsAfter);
        return quantity < 0 || events < 0 || Quantity < 0 || Events < 0 ? (0, 0) : (Int128.Min(quantity, Quantity), Math.Min(events, Events));
    }
}

/// <summary>The port of excluded usage, as reconciling and verifying read it.</summary>
[Experimental("SETTLE001")]
public interface IExcludedUsage
{
    /// <summary>What was excluded of the rows of applications' tables on a usage date, and is not reinstated.</summary>
    /// <param name="usageDate">The usage date.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Summed over the exclusions, by the bytes of meter, item and payee.</returns>
    Task<IReadOnlyList<ExcludedUsage>> ListBySourcesAsync(DateOnly usageDate, CancellationToken cancellationToken);
}
