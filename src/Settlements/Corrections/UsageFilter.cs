namespace Settlements;

/// <summary>Which usage is excluded. Empty lists take all. Immutable.</summary>
/// <example>
/// <code>
/// var week = new DateRange(new DateOnly(2024, 7, 1), new DateOnly(2024, 7, 7));
/// var filter = new UsageFilter(week) { ItemIds = ["v1"], Reference = "ticket-42" };
/// </code>
/// </example>
/// <param name="Days">The usage dates, both ends included.</param>
public sealed record UsageFilter(DateRange Days)
{
    /// <summary>Only these meters.</summary>
    public IReadOnlyList<string> Meters { get; init; } = [];

    /// <summary>Only these items.</summary>
    public IReadOnlyList<string> ItemIds { get; init; } = [];

    /// <summary>Only these payees.</summary>
    public IReadOnlyList<string> PayeeIds { get; init; } = [];

    /// <summary>Only these events of the library's own table; rows of applications' tables have no event id.</summary>
    public IReadOnlyList<Guid> EventIds { get; init; } = [];

    /// <summary>Only events of the library's own table with this reference; null for all.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// Only so many units of the one sum (usage date, meter, item, payee) that the filter matches; null for all. For usage whose single rows can't be
    /// named. From 1 to what was counted.
    /// </summary>
    public long? Quantity { get; init; }

    /// <summary>Whether single events are named, so that rows of applications' tables are left out.</summary>
    internal bool NamesEvents => EventIds.Count > 0 || Reference is not null;

    /// <summary>Whether usage has one of the meters, items and payees.</summary>
    /// <param name="meter">Its meter.</param>
    /// <param name="itemId">Its item.</param>
    /// <param name="payeeId">Its payee.</param>
    /// <returns>Whether it does; event ids and the reference are not looked at.</returns>
    public bool Matches(string meter, string itemId, string payeeId) =>
        Has(Meters, meter) && Has(ItemIds, itemId) && Has(PayeeIds, payeeId);

    private static bool Has(IReadOnlyList<string> wanted, string value) => wanted.Count == 0 || wanted.Contains(value, StringComparer.Ordinal);
}
