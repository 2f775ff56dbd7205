namespace Settlements;

/// <summary>The text form of <see cref="DayState"/> in a store.</summary>
internal static class DayStates
{
    public static string Text(DayState state) => state switch
    {
        DayState.Closing => "closing",
        DayState.Published => "published",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A recorded day is closing or published."),
    };

    /// <exception cref="InvalidOperationException">The text is not the name of a state.</exception>
    public static DayState Parse(string text) => text switch
    {
        "closing" => DayState.Closing,
        "published" => DayState.Published,
        _ => throw new InvalidOperationException(
            $"A row of business_days has the unknown state '{text}'. Restore the row, or update the package."),
    };
}
