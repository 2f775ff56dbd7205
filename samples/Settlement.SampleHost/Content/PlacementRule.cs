using System.Globalization;

namespace Settlement.SampleHost.Content;

/// <summary>Where ads sit: at 300 s, 600 s, … strictly before the video's end. Which ad sits there: the one with the fewest places so far.</summary>
internal static class PlacementRule
{
    public const long IntervalMs = 300_000;

    /// <summary>The numbers of a video's placements, from 1: a video of exactly 300 s has none, one of 301 s has one.</summary>
    public static IEnumerable<int> Numbers(long lengthMs)
    {
        for (var number = 1; number * IntervalMs < lengthMs; number++)
            yield return number;
    }

    public static long PositionMs(int number) => number * IntervalMs;

    /// <summary>Whether a video can have a placement at a position with <paramref name="before"/> &lt; position ≤ <paramref name="after"/>, both in milliseconds from 0.</summary>
    public static bool CanCross(long before, long after) => before / IntervalMs < after / IntervalMs;

    /// <summary>What is settled by itself. It depends on the position alone, so that a placement goes on with its count after any edit.</summary>
    public static string ItemId(string videoId, int number) => string.Create(CultureInfo.InvariantCulture, $"{videoId}/ad-{number}");

    /// <summary>The video that an item belongs to: itself, or the one that the placement is in.</summary>
    public static string VideoOf(string itemId) => itemId.LastIndexOf("/ad-", StringComparison.Ordinal) is > 0 and var end ? itemId[..end] : itemId;

    /// <summary>Which placement of its video an item is, from 1; null for what is none.</summary>
    public static int? NumberOf(string itemId) =>
        itemId.LastIndexOf("/ad-", StringComparison.Ordinal) is > 0 and var end
            && int.TryParse(itemId.AsSpan(end + "/ad-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Gives each place to the ad that has the fewest by then, the first registered among equals.</summary>
    /// <param name="itemIds">The places, in their order.</param>
    /// <param name="ads">How many places each ad has, in the order of their registration; changed.</param>
    /// <returns>The ad of each place; null when there are no ads.</returns>
    public static IReadOnlyList<(string ItemId, string? AdId)> Assign(IEnumerable<string> itemIds, IList<AdUse> ads)
    {
        var dealt = new List<(string, string?)>();
        foreach (var itemId in itemIds)
        {
            var ad = ads.MinBy(a => a.PlacementCount);
            if (ad is not null)
                ad.PlacementCount++;
            dealt.Add((itemId, ad?.AdId));
        }

        return dealt;
    }
}

internal sealed class AdUse
{
    public string AdId { get; init; } = "";

    public long PlacementCount { get; set; }
}
