using FsCheck.Xunit;

namespace Settlements.Tests.Usage;

public sealed class UnixMicrosecondsTests
{
    private static readonly DateTimeOffset FencingToken = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9, 0)]
    [InlineData(10, 1)]
    [InlineData(-1, -1)]
    [InlineData(-10, -1)]
    [InlineData(-11, -2)]
    public void What_is_finer_than_a_microsecond_is_cut_toward_the_past(long ticks, long microseconds) =>
        UnixMicroseconds.From(FencingToken.AddTicks(ticks)).Should().Be(microseconds);

    [Fact]
    public void The_last_tick_of_a_day_stays_in_it()
    {
        var nextDay = new DateTimeOffset(2024, 7, 2, 0, 0, 0, TimeSpan.Zero);

        UnixMicroseconds.ToInstant(UnixMicroseconds.From(nextDay.AddTicks(-1))).Should().Be(nextDay.AddMicroseconds(-1));
    }

    [Fact]
    public void The_first_and_last_instants_there_are_have_a_number()
    {
        UnixMicroseconds.ToInstant(UnixMicroseconds.From(DateTimeOffset.MinValue)).Should().Be(DateTimeOffset.MinValue);
        UnixMicroseconds.ToInstant(UnixMicroseconds.From(DateTimeOffset.MaxValue)).Should().Be(DateTimeOffset.MaxValue.AddTicks(-9));
    }

    [Property]
    public void An_offset_changes_nothing(int seconds, sbyte quarters)
    {
        var instant = FencingToken.AddSeconds(seconds);

        UnixMicroseconds.From(instant.ToOffset(TimeSpan.FromMinutes(15 * (quarters % 56)))).Should().Be(UnixMicroseconds.From(instant));
    }
}
