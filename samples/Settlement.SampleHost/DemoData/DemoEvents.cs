using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Settlements;

namespace Settlement.SampleHost.DemoData;

/// <summary>Makes events of the counts, the same ones each time. What is real in them and what is made up: README.md beside this file.</summary>
internal static class DemoEvents
{
    /// <summary>Part of the import's fingerprint: raised when this code would make other events.</summary>
    public const string Version = "2";

    private const int PartsPerDay = 3;
    private const int ViewsPerAdView = 3;

    /// <summary>The events of each day of the file.</summary>
    /// <param name="rows">All rows, ordered by day.</param>
    /// <param name="calendar">Says when a day begins.</param>
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

            // Ad views follow the count, not the day, so that a correction never takes back more of them than there were.
            var adViews = row.CumulativeViews / ViewsPerAdView - before / ViewsPerAdView;
            AddParts(events, calendar, row, PlatformMeters.Views, row.VideoId, row.CumulativeViews - before);
            AddParts(events, calendar, row, PlatformMeters.AdViews, $"{row.VideoId}/ad-1", adViews);
            AddParts(events, calendar, row, PlatformMeters.Seconds, row.VideoId, (row.CumulativeViews - before) * SecondsPerView(row.VideoId));
        }

        return days;
    }

    /// <summary>How long a view of a video lasts: 20 to 199 s.</summary>
    private static long SecondsPerView(string videoId) => 20 + SHA256.HashData(Encoding.UTF8.GetBytes(videoId))[0] * 180 / 256;

    /// <summary>A half, a third and the rest, each in a third of the day of its own; a part of 0 gives no event.</summary>
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
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{row.Day:yyyy-MM-dd}|{itemId}|{n + 1}{(meter == PlatformMeters.Seconds ? "|seconds" : "")}")));
            var seconds = BitConverter.ToUInt32(hash, 16) % (uint)third.TotalSeconds;
            events.Add(new UsageEvent(EventId(hash), day.Start + third * n + TimeSpan.FromSeconds(seconds), meter, itemId, row.Channel, parts[n]));
        }
    }

    /// <summary>A UUID of version 8 (RFC 9562: its bits are the maker's own) of the hash's first half.</summary>
    private static Guid EventId(ReadOnlySpan<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        hash[..16].CopyTo(bytes);
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x80);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
