namespace Settlements;

/// <summary>One thing that is counted: a view of a video, a view of an ad, seconds watched. Immutable.</summary>
/// <remarks>
/// Ids are text of 1 to <see cref="TextLengthMax"/> characters (Unicode code points) and are compared by the bytes of their UTF-8 form:
/// <c>abc</c> and <c>ABC</c> are two items. Nothing is trimmed or normalised.
/// </remarks>
/// <param name="EventId">
/// What makes the event one: the same id is counted once. The same id with another content is an error, and so is an id of zeros.
/// </param>
/// <param name="OccurredAt">When it happened. Stored in UTC to the microsecond; what is finer is cut off, toward the past.</param>
/// <param name="Meter">What is counted, for example <c>video.view</c>.</param>
/// <param name="ItemId">What is priced by itself: a video, or one ad placement in one video.</param>
/// <param name="PayeeId">Who is paid.</param>
/// <param name="Quantity">
/// How many units, from -<see cref="QuantityMax"/> to <see cref="QuantityMax"/> and not 0. A negative quantity is a correction.
/// </param>
/// <example>
/// <code>
/// var view = new UsageEvent(
///     EventId: Guid.CreateVersion7(), OccurredAt: DateTimeOffset.UtcNow, Meter: "video.view", ItemId: "video-1", PayeeId: "ann", Quantity: 1);
/// var correction = view with { EventId = Guid.CreateVersion7(), Quantity = -1, Reason = "counted twice", Reference = "ticket-17" };
/// </code>
/// </example>
public readonly record struct UsageEvent(
    Guid EventId, DateTimeOffset OccurredAt, string Meter, string ItemId, string PayeeId, long Quantity)
{
    /// <summary>
    /// Why the event exists, for whoever asks about a line: 1 to <see cref="ReasonLengthMax"/> characters; <see langword="null"/> when absent.
    /// An empty text is absent.
    /// </summary>
    public string? Reason { get; init => field = value is "" ? null : value; }

    /// <summary>
    /// What it refers to outside of the settlement, for example an order or a ticket: 1 to <see cref="ReferenceLengthMax"/> characters;
    /// <see langword="null"/> when absent. An empty text is absent.
    /// </summary>
    public string? Reference { get; init => field = value is "" ? null : value; }

    /// <summary>The longest reason: 256 Unicode code points.</summary>
    public const int ReasonLengthMax = 256;

    /// <summary>The longest reference: 64 Unicode code points.</summary>
    public const int ReferenceLengthMax = 64;

    /// <summary>The longest meter, item id or payee id: 64 Unicode code points.</summary>
    public const int TextLengthMax = 64;

    /// <summary>
    /// The greatest quantity of one event: 10^12 units. A cumulative count goes to 10^15 (<see cref="RateTable.CountMax"/>), so that no
    /// single event takes an item there.
    /// </summary>
    public const long QuantityMax = 1_000_000_000_000;
}
