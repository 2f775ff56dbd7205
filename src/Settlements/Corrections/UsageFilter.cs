namespace Settlements;

/// <summary>Selects usage to exclude. An empty list matches all. Immutable.</summary>
/// <example>
/// <code>
/// var week = new DateRange(new DateOnly(2024, 7, 1), new DateOnly(2024, 7, 7));
/// var filter = new UsageFilter(week) { ItemIds = ["v1"], Reference = "ticket-42" };
/// </code>
/// </example>
public sealed class UsageFilter(DateRange days)
{
    internal UsageFilter(UsageFilter other)
        : this(other.Days) =>
        (Meters, ItemIds, PayeeIds, EventIds, Reference, Quantity) =
            (other.Meters, other.ItemIds, other.PayeeIds, other.EventIds, other.Reference, other.Quantity);

    /// <summary>The usage dates, both ends included.</summary>
    public DateRange Days { get; internal init; } = days;

    /// <summary>Only these meters.</summary>
    public IReadOnlyList<string> Meters { get; init; } = [];

    /// <summary>Only these items.</summary>
    public IReadOnlyList<string> ItemIds { get; init; } = [];

    /// <summary>Only these payees.</summary>
    public IReadOnlyList<string> PayeeIds { get; init; } = [];

    /// <summary>Only these events of the library's table; rows of applications' tables have no event id.</summary>
    public IReadOnlyList<Guid> EventIds { get; init; } = [];

    /// <summary>Only events of the library's table with this reference; null for all.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// The number of units to exclude of the single sum (usage date, meter, item, payee) that the filter matches; null for all. For usage
    /// whose rows can't be identified. From 1 to the counted quantity.
    /// </summary>
    public long? Quantity { get; init; }

    /// <summary>Whether the filter selects single events, which excludes rows of applications' tables.</summary>
    internal bool SelectsEvents => EventIds.Count > 0 || Reference is not null;

    /// <summary>Returns whether usage has one of the meters, items and payees.</summary>
    /// <param name="meter">The meter of the usage.</param>
    /// <param name="itemId">The item of the usage.</param>
    /// <param name="payeeId">The payee of the usage.</param>
    /// <returns>Whether all three match; event ids and the reference are ignored.</returns>
    internal bool Matches(string meter, string itemId, string payeeId) =>
        Has(Meters, meter) && Has(ItemIds, itemId) && Has(PayeeIds, payeeId);

    private static bool Has(IReadOnlyList<string> wanted, string value) =>
        wanted.Count == 0 || wanted.Contains(value, StringComparer.Ordinal);
}
