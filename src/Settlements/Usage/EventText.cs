using System.Globalization;

namespace Settlements;

/// <summary>An event as a row of the file that a load reads: the instant in UTC, quotes where they are
/// needed.</summary>
internal static class EventText
{
    public static string Row(UsageEvent billable) => $"{billable.EventId:D},{Content(billable)}";

    /// <summary>All but the id.</summary>
    public static string Content(UsageEvent billable) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Instant(billable.OccurredAt)},{Quoted(billable.Meter)},{Quoted(billable.ItemId)},{Quoted(billable.PayeeId)},{billable.Quantity}{Notes(billable)}");

    public static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Why an event is refused whose id is known with another content; names both.</summary>
    public static Refusal Conflict(UsageEvent sent, UsageEvent stored) => new(EventColumns.EventId, string.Create(
        CultureInfo.InvariantCulture,
        $"event {sent.EventId:D} is stored already with another content: stored {Cut(stored)}, sent {Cut(sent)}. Give the event an id of its own."));

    private static string Notes(UsageEvent billable) =>
        billable.Reason is null && billable.Reference is null ? "" : $",{Quoted(billable.Reason)},{Quoted(billable.Reference)}";

    // Room for the reason at the end: it may be all that differs.
    private static string Cut(UsageEvent billable) =>
        MessageText.Escape(Content(billable), 5 * UsageEvent.TextLengthMax + UsageEvent.ReasonLengthMax + UsageEvent.ReferenceLengthMax);

    private static string Quoted(string? text) => text is null || text.AsSpan().IndexOfAny("\",\r\n") < 0
        ? text ?? ""
        : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
