namespace Settlement.SampleHost.Hosting;

/// <summary>A page by key: the next one begins after <see cref="Next"/>, whatever was added or deleted meanwhile.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

internal static class Page
{
    /// <summary>A full page may have one after it, a shorter one has none.</summary>
    public static Page<T> Of<T>(IReadOnlyList<T> items, int count, Func<T, string> key) => new(items, items.Count < count ? null : key(items[^1]));
}

internal static class Paging
{
    public const int CountDefault = 50;

    public const int CountMax = 200;

    public static int Checked(int count) => count is >= 1 and <= CountMax
        ? count
        : throw PlatformException.Wrong($"count is {count}. Use 1 to {CountMax}; for more, ask for the next page with after.");
}
