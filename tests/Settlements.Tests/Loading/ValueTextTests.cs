using System.Globalization;
using System.Text;

namespace Settlements.Tests.Loading;

/// <summary>Tests of parsing instants, quantities and ids.</summary>
public sealed class ValueTextTests
{
    private const string Form =
        "Use yyyy-MM-ddTHH:mm:ss with up to 6 decimals and Z or an offset, for example 2024-07-01T09:30:00.25+09:00.";

    [Theory]
    [InlineData("2024-07-01T00:00:00Z", "2024-07-01T00:00:00.000000")]
    [InlineData("2024-07-01T00:00:00.1Z", "2024-07-01T00:00:00.100000")]
    [InlineData("2024-07-01T23:59:59.999999Z", "2024-07-01T23:59:59.999999")]
    [InlineData("2024-07-01T00:00:00+09:00", "2024-06-30T15:00:00.000000")]
    [InlineData("2024-07-01T00:00:00.000001-03:30", "2024-07-01T03:30:00.000001")]
    [InlineData("2024-07-01T00:00:00+14:00", "2024-06-30T10:00:00.000000")]
    [InlineData("2024-07-01T00:00:00-14:00", "2024-07-01T14:00:00.000000")]
    [InlineData("2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000000")]
    [InlineData("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999")]
    [InlineData("1900-01-02T00:00:00Z", "1900-01-02T00:00:00.000000")]
    [InlineData("1900-01-01T10:00:00-14:00", "1900-01-02T00:00:00.000000")]
    [InlineData("9998-12-30T23:59:59.999999Z", "9998-12-30T23:59:59.999999")]
    public void An_instant_is_read_to_the_microsecond_in_UTC(string text, string utc)
    {
        var reason = InstantText.Read(Encoding.UTF8.GetBytes(text), out var microseconds);

        reason.Should().BeNull();
        UnixMicroseconds.ToInstant(microseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture).Should().Be(utc);
    }

    [Theory]
    [InlineData("2024-07-01T00:00:00.1234567Z", "has more than 6 decimals. Use at most 6 decimals (microseconds).")]
    [InlineData("2024-07-01T00:00:00.0000000+09:00", "has more than 6 decimals. Use at most 6 decimals (microseconds).")]
    [InlineData("2024-07-01T00:00:00", "has no offset. Add Z for UTC, or an offset such as +09:00.")]
    [InlineData("2024-07-01T00:00:00.5", "has no offset. Add Z for UTC, or an offset such as +09:00.")]
    [InlineData("2024-06-30T23:59:60Z", "has second 60: leap seconds are not supported. Use second 59.")]
    [InlineData("2024-06-30T23:59:61Z", "has second 61. Use 0 to 59.")]
    [InlineData("2024-07-01T24:00:00Z", "has hour 24. Use 00:00:00 of the next day.")]
    [InlineData("2024-07-01T24:00:01Z", "has hour 24. Use 0 to 23.")]
    [InlineData("2024-07-01T25:00:00Z", "has hour 25. Use 0 to 23.")]
    [InlineData("2024-07-01T00:60:00Z", "has minute 60. Use 0 to 59.")]
    [InlineData("2024-13-01T00:00:00Z", "has month 13. Use 1 to 12.")]
    [InlineData("2024-00-01T00:00:00Z", "has month 0. Use 1 to 12.")]
    [InlineData("2023-02-29T00:00:00Z", "has day 29. For 2023-02, use 1 to 28.")]
    [InlineData("2024-07-00T00:00:00Z", "has day 0. For 2024-07, use 1 to 31.")]
    [InlineData("0000-07-01T00:00:00Z", "has year 0. Use 1900 to 9998.")]
    [InlineData("2024-07-01T00:00:00+14:01", "has an offset that is out of range. Use -14:00 to +14:00.")]
    [InlineData("2024-07-01T00:00:00+09:60", "has an offset that is out of range. Use -14:00 to +14:00.")]
    [InlineData("1900-01-01T23:59:59.999999Z", "is before 1900-01-02T00:00:00Z, the first instant that "
        + "business calendars support. Correct it.")]
    [InlineData("1900-01-02T00:00:00+00:01", "is before 1900-01-02T00:00:00Z, the first instant that "
        + "business calendars support. Correct it.")]
    [InlineData("0001-01-01T00:00:00+14:00", "is before 1900-01-02T00:00:00Z, the first instant that "
        + "business calendars support. Correct it.")]
    [InlineData("9998-12-31T00:00:00Z", "is after 9998-12-30T23:59:59.999999Z, the last instant that "
        + "business calendars support. Correct it.")]
    [InlineData("9999-12-31T23:59:59-14:00", "is after 9998-12-30T23:59:59.999999Z, the last instant that "
        + "business calendars support. Correct it.")]
    [InlineData("2024-07-01 00:00:00Z", "is not an instant. " + Form)]
    [InlineData("2024-07-01t00:00:00Z", "is not an instant. " + Form)]
    [InlineData("2024-07-01T00:00:00z", "is not an instant. " + Form)]
    [InlineData("2024-07-01T00:00Z", "is not an instant. " + Form)]
    [InlineData("2024-07-01", "is not an instant. " + Form)]
    [InlineData("2024-07-01T00:00:00.Z", "is not an instant. " + Form)]
    [InlineData("2024-07-01T00:00:00,5Z", "is not an instant. " + Form)]
    [InlineData("2024-07-01T00:00:00+0900", "is not an instant. " + Form)]
    [InlineData("2024-07-01T00:00:00+09", "is not an instant. " + Form)]
    [InlineData("2024-07-01T00:00:00Z ", "is not an instant. " + Form)]
    [InlineData(" 2024-07-01T00:00:00Z", "is not an instant. " + Form)]
    [InlineData("+2024-7-1T00:00:00Z", "is not an instant. " + Form)]
    [InlineData("2024-0x-01T00:00:00Z", "is not an instant. " + Form)]
    [InlineData("٢٠٢٤-07-01T00:00:00Z", "is not an instant. " + Form)]
    [InlineData("20240701T000000Z", "is not an instant. " + Form)]
    [InlineData("1719792000", "is not an instant. " + Form)]
    public void An_instant_in_another_format_is_refused_with_the_reason(string text, string reason) =>
        InstantText.Read(Encoding.UTF8.GetBytes(text), out _).Should().Be($"'{text}' {reason}");

    [Theory]
    [InlineData("1", 1)]
    [InlineData("-1", -1)]
    [InlineData("007", 7)]
    [InlineData("-0012", -12)]
    [InlineData("1000000000000", UsageEvent.QuantityMax)]
    [InlineData("-1000000000000", -UsageEvent.QuantityMax)]
    [InlineData("000000000000000000000000000000000000001", 1)]
    public void A_quantity_is_a_whole_number(string text, long quantity)
    {
        QuantityText.Read(Encoding.UTF8.GetBytes(text), out var read).Should().BeNull();
        read.Should().Be(quantity);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("+5")]
    [InlineData("1.0")]
    [InlineData("1,0")]
    [InlineData("1 000")]
    [InlineData(" 1")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("−1")]
    [InlineData("١")]
    [InlineData("1-")]
    public void A_quantity_of_other_characters_than_digits_is_refused(string text) =>
        QuantityText.Read(Encoding.UTF8.GetBytes(text), out _).Should()
            .Be((text.Length == 0 ? "The quantity is empty. Use an integer, for example 12."
                : $"'{text}' is not an integer. Use digits only, for example 12."));

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("0000000000000000000000")]
    public void A_quantity_of_0_is_refused(string text) =>
        QuantityText.Read(Encoding.UTF8.GetBytes(text), out _).Should()
            .Be("The quantity is 0. Use a quantity other than 0, or omit the row.");

    [Theory]
    [InlineData("1000000000001")]
    [InlineData("-1000000000001")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999999999999999")]
    public void A_quantity_over_the_limit_is_refused_with_the_limit(string text) =>
        QuantityText.Read(Encoding.UTF8.GetBytes(text), out _).Should().Be(
            $"The quantity {text} is out of range. Use -1000000000000 to 1000000000000, or split it into several events.");

    [Fact]
    public void An_id_is_read_in_upper_and_lower_case_as_by_Guid()
    {
        var id = Guid.Parse("0189f7ea-ae2c-7f6a-8b1c-2d3e4f5a6b7c");
        foreach (var text in new[] { id.ToString("D"), id.ToString("D").ToUpperInvariant() })
        {
            EventIdText.Read(Encoding.UTF8.GetBytes(text), out var read).Should().BeNull();
            read.Should().Be(id);
        }
    }
}
