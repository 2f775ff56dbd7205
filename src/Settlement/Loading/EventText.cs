using System.Globalization;
using Settlement.BillableEvents;

namespace Settlement.Loading;

/// <summary>An event as a row of the file that <see cref="CsvEventReader"/> reads: the instant in UTC, quotes where they are
/// needed.</summary>
internal static class EventText
{
    public static string Row(BillableEvent billable) => $"{billable.EventId:D},{Content(billable)}";

    /// <summary>All but the id.</summary>
    public static string Content(BillableEvent billable) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Instant(billable.OccurredAt)},{Quoted(billable.Meter)},{Quoted(billable.ItemId)},{Quoted(billable.PayeeId)},{billable.Quantity}");

    public static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    private static string Quoted(string? text) => text is null || text.AsSpan().IndexOfAny("\",\r\n") < 0
        ? text ?? ""
        : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
