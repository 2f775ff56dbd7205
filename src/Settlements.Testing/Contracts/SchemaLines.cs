namespace Settlements.Testing;

/// <summary>The lines of a schema with joined tables, which are the same in every engine that its tables are read from.</summary>
internal static class SchemaLines
{
    /// <summary>
    /// The lines of Monday and Tuesday: five plays of each video a day, 900 ms each. The second video has another owner on Tuesday.
    /// </summary>
    public static IReadOnlyList<string> OfTwoDays { get; } =
    [
        "2024-07-01 video.seconds 1 ann 4 of 5", "2024-07-01 video.seconds 2 bob 4 of 5", "2024-07-01 video.view:KR 1 ann 5 of 5",
        "2024-07-01 video.view:US 2 bob 5 of 5", "2024-07-02 video.seconds 1 ann 4 of 5", "2024-07-02 video.seconds 2 cat 4 of 5",
        "2024-07-02 video.view:KR 1 ann 5 of 5", "2024-07-02 video.view:US 2 cat 5 of 5",
    ];

    /// <summary>Reads all lines: posting date, meter, item, payee, quantity and number of events.</summary>
    public static async Task<List<string>> ReadAsync(Scenario scenario) =>
        [.. (await scenario.LinesAsync()).Select(l => FormattableString.Invariant(
            $"{l.PostingDate:yyyy-MM-dd} {l.Meter} {l.ItemId} {l.PayeeId} {l.Quantity} of {l.Events}"))];
}
