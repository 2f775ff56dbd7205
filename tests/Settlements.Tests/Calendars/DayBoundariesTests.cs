namespace Settlements.Tests.Calendars;

/// <summary>Tests of day boundaries in an artificial zone: its clocks change off the minute and change back within hours.</summary>
public sealed class DayBoundariesTests
{
    private static readonly DayBoundaries Hard = new(Zone());

    [Fact]
    public void A_clock_change_is_found_to_the_tick_even_if_it_is_reversed_within_hours()
    {
        // On June 9 at 23:37:12.345 clocks jump an hour over midnight, and on June 10 at 06:00 they fall back.
        var jump = new DateTime(2024, 6, 9, 23, 37, 12, 345, DateTimeKind.Utc);

        Hard.StartOf(Number(9)).Should().Be(new DateTime(2024, 6, 9).Ticks);
        Hard.StartOf(Number(10)).Should().Be(jump.Ticks, "the first instant whose local time is past midnight is the jump itself");
        Hard.StartOf(Number(11)).Should().Be(new DateTime(2024, 6, 11).Ticks);
    }

    private static int Number(int day) => new DateOnly(2024, 6, day).DayNumber;

    private static TimeZoneInfo Zone()
    {
        var jumps = TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 23, 37, 12, 345), 6, 9);
        var fallsBack = TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 6, 0, 0), 6, 10);
        var rule = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1), jumps, fallsBack);
        return TimeZoneInfo.CreateCustomTimeZone("Hard", TimeSpan.Zero, "Hard", "Hard", "Hard summer", [rule]);
    }
}
