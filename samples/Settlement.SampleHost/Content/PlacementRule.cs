using System.Globalization;

namespace Settlement.SampleHost.Content;

/// <summary>
/// The rule for placements of ads: at 300 s, 600 s, …, strictly before the end of the video; each is assigned the ad with the fewest
/// placements.
/// </summary>
internal static class PlacementRule
{
    public const long IntervalMs = 300_000;

    /// <summary>Returns the numbers of a video's placements, from 1: a video of exactly 300 s has none, one of 301 s has one.</summary>
    public static IEnumerable<int> Numbers(long lengthMs)
    {
        for (var number = 1; number * IntervalMs < lengthMs; number++)
            yield return number;
    }

    public static long PositionMs(int number) => number * IntervalMs;

    /// <summary>
    /// Returns the numbers of the placements that a video can have with <paramref name="before"/> &lt; position ≤ <paramref name="after"/>,
    /// in milliseconds.
    /// </summary>
    public static IEnumerable<int> Crossed(long before, long after)
    {
        for (var number = before / IntervalMs + 1; number * IntervalMs <= after; number++)
            yield return (int)number;
    }

    /// <summary>
    /// Returns the item of a placement in the settlement. It depends only on the position, so that its counter continues after the video is
    /// edited.
    /// </summary>
    public static string ItemId(string videoId, int number) => string.Create(CultureInfo.InvariantCulture, $"{videoId}/ad-{number}");

    /// <summary>Returns the video of an item: the item itself, or the video of the placement.</summary>
    public static string VideoOf(string itemId) =>
        itemId.LastIndexOf("/ad-", StringComparison.Ordinal) is > 0 and var end ? itemId[..end] : itemId;

    /// <summary>Returns the number of a placement in its video, from 1; null if the item is not a placement.</summary>
    public static int? NumberOf(string itemId) =>
        itemId.LastIndexOf("/ad-", StringComparison.Ordinal) is > 0 and var end
            && int.TryParse(itemId.AsSpan(end + "/ad-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Assigns each placement the ad with the fewest placements so far; among equals, the one registered first.</summary>
    /// <param name="itemIds">The placements, in order.</param>
    /// <param name="ads">The number of placements per ad, in the order of registration; updated.</param>
    /// <returns>The ad of each placement; null if there are no ads.</returns>
    public static IReadOnlyList<(string ItemId, string? AdId)> Assign(IEnumerable<string> itemIds, IList<AdUse> ads)
    {
        var assigned = new List<(string, string?)>();
        foreach (var itemId in itemIds)
        {
            var ad = ads.MinBy(a => a.PlacementCount);
            if (ad is not null)
                ad.PlacementCount++;
            assigned.Add((itemId, ad?.AdId));
        }

        return assigned;
    }
}

/// <summary>An ad and the number of its placements.</summary>
internal sealed class AdUse
{
    public string AdId { get; init; } = "";

    public long PlacementCount { get; set; }
}
