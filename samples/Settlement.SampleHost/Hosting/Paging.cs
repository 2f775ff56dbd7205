namespace Settlement.SampleHost.Hosting;

/// <summary>A page of a list, paged by key: additions and deletions don't shift the following pages.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">The value of <c>after</c> for the next page; null on the last page.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

internal static class Page
{
    /// <summary>Creates a page. A page with fewer items than requested is the last one.</summary>
    public static Page<T> Of<T>(IReadOnlyList<T> items, int count, Func<T, string> key) =>
        new(items, items.Count < count ? null : key(items[^1]));
}

internal static class Paging
{
    public const int CountDefault = 50;

    public const int CountMax = 200;

    public static int Validate(int count) => count is >= 1 and <= CountMax
        ? count
        : throw PlatformException.BadRequest($"count is {count}. Use 1 to {CountMax}; request further pages with after.");
}
