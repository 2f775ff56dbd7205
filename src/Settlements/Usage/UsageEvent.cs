namespace Settlements;

/// <summary>
/// A usage event: one occurrence that is counted, for example a view of a video or of an ad, or seconds watched. Immutable.
/// </summary>
/// <remarks>
/// Ids are text of 1 to <see cref="TextLengthMax"/> characters (Unicode code points) and are compared by the bytes of their UTF-8 form:
/// <c>abc</c> and <c>ABC</c> are different items. Ids are neither trimmed nor normalised.
/// </remarks>
/// <param name="EventId">
/// The unique id of the event. An id is counted once. The same id with different content is an error, and so is an id of all zeros.
/// </param>
/// <param name="OccurredAt">The instant at which it happened. Stored in UTC and truncated to the microsecond, toward the past.</param>
/// <param name="Meter">What is counted, for example <c>video.view</c>.</param>
/// <param name="ItemId">The item, which is priced separately: a video, or one ad placement in one video.</param>
/// <param name="PayeeId">The payee, who is paid.</param>
/// <param name="Quantity">
/// The number of units, from -<see cref="QuantityMax"/> to <see cref="QuantityMax"/> and not 0. A negative quantity is a correction.
/// </param>
/// <example>
/// <code>
/// var view = new UsageEvent(
///     EventId: Guid.CreateVersion7(), OccurredAt: DateTimeOffset.UtcNow,
///     Meter: "video.view", ItemId: "video-1", PayeeId: "ann", Quantity: 1);
/// var correction = view with { EventId = Guid.CreateVersion7(), Quantity = -1, Reason = "counted twice", Reference = "ticket-17" };
/// </code>
/// </example>
public readonly record struct UsageEvent(
    Guid EventId, DateTimeOffset OccurredAt, string Meter, string ItemId, string PayeeId, long Quantity)
{
    /// <summary>
    /// Gets the reason of the event, returned with the explanation of its line: 1 to <see cref="ReasonLengthMax"/> characters;
    /// <see langword="null"/> when absent. An empty text is stored as <see langword="null"/>.
    /// </summary>
    public string? Reason { get; init => field = value is "" ? null : value; }

    /// <summary>
    /// Gets the external reference of the event, for example an order or a ticket: 1 to <see cref="ReferenceLengthMax"/> characters;
    /// <see langword="null"/> when absent. An empty text is stored as <see langword="null"/>.
    /// </summary>
    public string? Reference { get; init => field = value is "" ? null : value; }

    /// <summary>The maximum length of a reason: 256 Unicode code points.</summary>
    public const int ReasonLengthMax = 256;

    /// <summary>The maximum length of a reference: 64 Unicode code points.</summary>
    public const int ReferenceLengthMax = 64;

    /// <summary>The maximum length of a meter, an item id or a payee id: 64 Unicode code points.</summary>
    public const int TextLengthMax = 64;

    /// <summary>
    /// The maximum quantity of one event: 10^12 units. The limit of a counter is 10^15 (<see cref="RateTable.CountMax"/>), so that a
    /// single event can't reach it.
    /// </summary>
    public const long QuantityMax = 1_000_000_000_000;
}
