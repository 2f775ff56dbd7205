using System.Globalization;

namespace Settlements;

/// <summary>Formats an event as a row of an event file: the instant in UTC, quotes where necessary.</summary>
internal static class EventText
{
    public static string Row(UsageEvent usageEvent) => $"{usageEvent.EventId:D},{Content(usageEvent)}";

    /// <summary>Formats all columns except the id.</summary>
    public static string Content(UsageEvent usageEvent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Instant(usageEvent.OccurredAt)},{Quoted(usageEvent.Meter)},{Quoted(usageEvent.ItemId)},{Quoted(usageEvent.PayeeId)}"
        + $",{usageEvent.Quantity}{OptionalColumns(usageEvent)}");

    public static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Creates the rejection of an event whose id is already stored with different content; it contains both.</summary>
    public static Rejection Conflict(UsageEvent sent, UsageEvent stored) => new(EventColumns.EventId, string.Create(
        CultureInfo.InvariantCulture,
        $"event {sent.EventId:D} is already stored with different content: stored {Truncated(stored)}, sent {Truncated(sent)}. "
        + $"Use a unique id for each event."));

    private static string OptionalColumns(UsageEvent usageEvent) =>
        usageEvent.Reason is null && usageEvent.Reference is null ? "" : $",{Quoted(usageEvent.Reason)},{Quoted(usageEvent.Reference)}";

    // Includes the reason at the end, which may be the only difference.
    private static string Truncated(UsageEvent usageEvent) =>
        MessageText.Escape(Content(usageEvent), 5 * UsageEvent.TextLengthMax + UsageEvent.ReasonLengthMax + UsageEvent.ReferenceLengthMax);

    private static string Quoted(string? text) => text is null || text.AsSpan().IndexOfAny("\",\r\n") < 0
        ? text ?? ""
        : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
