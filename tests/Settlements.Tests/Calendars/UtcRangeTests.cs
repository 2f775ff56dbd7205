using Settlements.Stores;

namespace Settlements.Tests.Calendars;

public sealed class UtcRangeTests
{
    private static readonly DateTimeOffset Start = new(2024, 7, 1, 0, 0, 0, TimeSpan.FromHours(9));

    [Fact]
    public void A_range_contains_its_start_and_not_its_end()
    {
        var range = new UtcRange(Start, Start.AddDays(1));
        range.Contains(Start).Should().BeTrue();
        range.Contains(Start.AddTicks(-1)).Should().BeFalse();
        range.Contains(Start.AddDays(1)).Should().BeFalse();
        range.Contains(Start.AddDays(1).AddTicks(-1)).Should().BeTrue();
        range.Duration.Should().Be(TimeSpan.FromDays(1));
    }

    [Fact]
    public void Offsets_are_normalised_to_zero()
    {
        var range = new UtcRange(Start, Start.AddDays(1));
        range.Start.Offset.Should().Be(TimeSpan.Zero);
        range.End.Offset.Should().Be(TimeSpan.Zero);
        range.Start.Day.Should().Be(30, "00:00 in Seoul is 15:00 UTC of the day before");
    }

    [Fact]
    public void An_empty_range_does_not_contain_its_start()
    {
        var range = new UtcRange(Start, Start);
        range.Duration.Should().Be(TimeSpan.Zero);
        range.Contains(Start).Should().BeFalse();
    }

    [Fact]
    public void A_range_that_ends_before_it_starts_is_refused()
    {
        var act = () => new UtcRange(Start, Start.AddTicks(-1));
        act.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*can't end at*before its start*");
    }
}
