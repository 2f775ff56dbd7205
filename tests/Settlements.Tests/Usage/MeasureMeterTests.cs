using System.Text;
using Settlements.Stores;

namespace Settlements.Tests.Usage;

public sealed class MeasureMeterTests
{
    [Theory]
    [InlineData("KR", null, "video.view:KR")]
    [InlineData("FR", null, "video.view:FR")]
    [InlineData("FR", "other", "video.view:other")]
    [InlineData("", "other", "video.view:other")]
    [InlineData("", null, null)]
    [InlineData("kr", null, "video.view:kr")]
    public void A_value_selects_the_meter_of_its_bytes(string value, string? other, string? expected)
    {
        var meter = new MeasureMeter(new UsageMeasure("video.view", null)
        {
            ByColumn = "country", OtherValue = other, DeclaredValues = ["KR", "other"],
        });

        for (var i = 0; i < 2; i++)
        {
            meter.TryFind(Encoding.UTF8.GetBytes(value), out var found).Should().Be(expected is not null);
            if (expected is not null)
                Encoding.UTF8.GetString(found).Should().Be(expected);
        }
    }

    [Fact]
    public void A_value_that_makes_the_meter_too_long_is_invalid()
    {
        var meter = new MeasureMeter(new UsageMeasure("m", null) { ByColumn = "c" });

        meter.TryFind(Encoding.UTF8.GetBytes(new string('가', UsageEvent.TextLengthMax - 2)), out _).Should().BeTrue();
        meter.TryFind(Encoding.UTF8.GetBytes(new string('가', UsageEvent.TextLengthMax - 1)), out _).Should().BeFalse();
        meter.TryFind([0xFF], out _).Should().BeFalse("it is not UTF-8");
    }

    [Fact]
    public void A_measure_without_a_column_has_one_meter()
    {
        new MeasureMeter(new UsageMeasure("m", null)).TryFind("x"u8, out var meter).Should().BeTrue();

        Encoding.UTF8.GetString(meter).Should().Be("m");
    }
}
