using System.Text;

namespace Settlements.Sqlite.Tests;

/// <summary>Equal amounts have equal texts, and a text is parsed as the amount that was written.</summary>
public sealed class AmountTextTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.00", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("1.50", "1.5")]
    [InlineData("100", "100")]
    [InlineData("-605000.300", "-605000.3")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("-7.9228162514264337593543950335", "-7.9228162514264337593543950335")]
    public void A_text_has_no_trailing_zeros_and_is_parsed_as_the_same_amount(string amount, string text)
    {
        var value = decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture);

        AmountText.From(value).Should().Be(text);
        AmountText.Parse(Encoding.ASCII.GetBytes(text)).Should().Be(value);
    }
}
