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
    public void Instants_finer_than_a_microsecond_are_rounded_down(long ticks, long microseconds) =>
        UnixMicroseconds.From(FencingToken.AddTicks(ticks)).Should().Be(microseconds);

    [Fact]
    public void The_last_tick_of_a_day_belongs_to_that_day()
    {
        var nextDay = new DateTimeOffset(2024, 7, 2, 0, 0, 0, TimeSpan.Zero);

        UnixMicroseconds.ToInstant(UnixMicroseconds.From(nextDay.AddTicks(-1))).Should().Be(nextDay.AddMicroseconds(-1));
    }

    [Fact]
    public void The_minimum_and_maximum_instants_convert()
    {
        UnixMicroseconds.ToInstant(UnixMicroseconds.From(DateTimeOffset.MinValue)).Should().Be(DateTimeOffset.MinValue);
        UnixMicroseconds.ToInstant(UnixMicroseconds.From(DateTimeOffset.MaxValue)).Should().Be(DateTimeOffset.MaxValue.AddTicks(-9));
    }

    [Property]
    public void The_offset_does_not_change_the_number(int seconds, sbyte quarters)
    {
        var instant = FencingToken.AddSeconds(seconds);

        UnixMicroseconds.From(instant.ToOffset(TimeSpan.FromMinutes(15 * (quarters % 56)))).Should().Be(UnixMicroseconds.From(instant));
    }
}
