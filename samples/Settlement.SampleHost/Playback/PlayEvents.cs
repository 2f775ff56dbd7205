using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Settlement.SampleHost.Content;
using Settlements;

namespace Settlement.SampleHost.Playback;

/// <summary>
/// Creates the usage events of a play. Their ids are derived from the play and the counted usage, so a retry creates the same ids.
/// </summary>
internal static class PlayEvents
{
    /// <summary>
    /// Returns the usage between two states of a play: the view when its minimum is reached, whole seconds, and the ads that were passed
    /// (before &lt; position ≤ after). Plays by the owner have no usage.
    /// </summary>
    /// <param name="before">The play before the report.</param>
    /// <param name="after">The play after the report.</param>
    /// <param name="placements">The placements of ads in the video.</param>
    /// <param name="now">The instant of the report, in Unix microseconds of this instance's clock.</param>
    public static IEnumerable<UsageEvent> OfProgress(Play before, Play after, IEnumerable<Placement> placements, long now)
    {
        if (after.ViewState == PlayView.Owner)
            yield break;
        if (before.ViewState == PlayView.Pending && after.ViewState == PlayView.Counted)
            yield return Event(after, after.ViewedAt!.Value, PlatformMeters.Views, after.VideoId, 1, "view");
        var seconds = after.WatchedSeconds - before.WatchedSeconds;
        if (seconds > 0)
            yield return Event(after, now, PlatformMeters.Seconds, after.VideoId, seconds, Text($"seconds|{before.WatchedSeconds}"));
        foreach (var placement in placements)
        {
            if (placement.AdId is not null && before.FurthestMs < placement.PositionMs && placement.PositionMs <= after.FurthestMs)
                yield return Event(after, now, PlatformMeters.AdViews, placement.ItemId, 1, $"ad|{placement.ItemId}");
        }
    }

    private static UsageEvent Event(Play play, long at, string meter, string itemId, long quantity, string what)
    {
        // A UUID of version 8 (RFC 9562, application-defined). Its first 6 bytes are those of the play id, a timestamp unless the client
        // chose the id: events of the same time are adjacent in the index.
        var id = SHA256.HashData(Encoding.UTF8.GetBytes($"{play.PlayId}|{what}")).AsSpan(0, 16);
        Convert.FromHexString(play.PlayId.AsSpan(0, 12), id, out _, out _);
        id[6] = (byte)(id[6] & 0x0F | 0x80);
        id[8] = (byte)(id[8] & 0x3F | 0x80);
        return new UsageEvent(new Guid(id, bigEndian: true), UnixMicroseconds.ToInstant(at), meter, itemId, play.PayeeId, quantity);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
