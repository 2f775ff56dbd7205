using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Settlements;

namespace Settlement.SampleHost.DemoData;

/// <summary>Creates usage events from the bundled counts, deterministically. README.md in this folder says which data is real.</summary>
internal static class DemoEvents
{
    /// <summary>Part of the import's fingerprint: incremented when this code creates different events.</summary>
    public const string Version = "2";

    private const int PartsPerDay = 3;
    private const int ViewsPerAdView = 3;

    /// <summary>Returns the events of each day of the file.</summary>
    /// <param name="rows">All rows, ordered by day.</param>
    /// <param name="calendar">Defines the start of a day.</param>
    public static IReadOnlyDictionary<DateOnly, List<UsageEvent>> ByDay(IReadOnlyList<TrendingRow> rows, BusinessCalendar calendar)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var days = new SortedDictionary<DateOnly, List<UsageEvent>>();
        foreach (var row in rows)
        {
            if (!days.TryGetValue(row.Day, out var events))
                days.Add(row.Day, events = []);
            var before = counts.GetValueOrDefault(row.VideoId);
            counts[row.VideoId] = row.CumulativeViews;

            // Ad views are derived from the cumulative count, so that a correction never exceeds the ad views counted before.
            var adViews = row.CumulativeViews / ViewsPerAdView - before / ViewsPerAdView;
            AddParts(events, calendar, row, PlatformMeters.Views, row.VideoId, row.CumulativeViews - before);
            AddParts(events, calendar, row, PlatformMeters.AdViews, $"{row.VideoId}/ad-1", adViews);
            AddParts(
                events, calendar, row, PlatformMeters.Seconds, row.VideoId, (row.CumulativeViews - before) * SecondsPerView(row.VideoId));
        }

        return days;
    }

    /// <summary>Returns the duration of a view of a video: 20 to 199 s.</summary>
    private static long SecondsPerView(string videoId) => 20 + SHA256.HashData(Encoding.UTF8.GetBytes(videoId))[0] * 180 / 256;

    /// <summary>Adds a half, a third and the rest of the quantity, each in its third of the day; a part of 0 gives no event.</summary>
    private static void AddParts(
        List<UsageEvent> events, BusinessCalendar calendar, TrendingRow row, string meter, string itemId, long quantity)
    {
        ReadOnlySpan<long> parts = [quantity / 2, quantity / 3, quantity - quantity / 2 - quantity / 3];
        var day = calendar.RangeOf(row.Day);
        var third = (day.End - day.Start) / PartsPerDay;
        for (var n = 0; n < parts.Length; n++)
        {
            if (parts[n] == 0)
                continue;
            var suffix = meter == PlatformMeters.Seconds ? "|seconds" : "";
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{row.Day:yyyy-MM-dd}|{itemId}|{n + 1}{suffix}")));
            var seconds = BitConverter.ToUInt32(hash, 16) % (uint)third.TotalSeconds;
            events.Add(new UsageEvent(
                EventId(hash), day.Start + third * n + TimeSpan.FromSeconds(seconds), meter, itemId, row.Channel, parts[n]));
        }
    }

    /// <summary>Returns a UUID of version 8 (RFC 9562, application-defined) from the first half of the hash.</summary>
    private static Guid EventId(ReadOnlySpan<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        hash[..16].CopyTo(bytes);
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x80);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
