using System.Globalization;

namespace Settlements.Tests.Rates;

public sealed class CurrencyTests
{
    [Theory]
    [InlineData("KRW", "605000.3", "605000")]
    [InlineData("KRW", "-605000.3", "-605000")]
    [InlineData("KRW", "605000.999999", "605000")]
    [InlineData("KRW", "-0.9", "0")]
    [InlineData("USD", "12.349", "12.34")]
    [InlineData("USD", "-12.349", "-12.34")]
    [InlineData("USD", "0.009999", "0.00")]
    [InlineData("KWD", "1.2349", "1.234")]
    [InlineData("KWD", "-1.2349", "-1.234")]
    [InlineData("KRW", "79228162514264337593543950335", "79228162514264337593543950335")]
    public void An_amount_is_truncated_toward_zero_to_the_minor_unit(string code, string amount, string cut) =>
        Currency.FromCode(code).Truncate(decimal.Parse(amount, CultureInfo.InvariantCulture))
            .Should().Be(decimal.Parse(cut, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("KRW", 0)]
    [InlineData("JPY", 0)]
    [InlineData("USD", 2)]
    [InlineData("EUR", 2)]
    [InlineData("GBP", 2)]
    [InlineData("CNY", 2)]
    [InlineData("KWD", 3)]
    public void A_built_in_currency_is_found_by_its_code_and_equals_a_constructed_one(string code, int digits) =>
        Currency.FromCode(code).Should().Be(new Currency(code, digits));

    [Theory]
    [InlineData("")]
    [InlineData("krw")]
    [InlineData("KR")]
    [InlineData("KRWX")]
    [InlineData("K1W")]
    [InlineData("ÄÖÜ")]
    public void A_code_that_is_not_three_capital_letters_is_refused(string code)
    {
        var act = () => new Currency(code, 2);
        act.Should().Throw<ArgumentException>().WithMessage($"Currency code '{code}' is not three capital letters A to Z*");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void Decimals_outside_0_to_4_are_refused(int digits)
    {
        var act = () => new Currency("XTS", digits);
        act.Should().Throw<ArgumentOutOfRangeException>().WithMessage("Currency XTS can't have * decimals. Use 0 to 4*");
    }

    [Theory]
    [InlineData("KRW", 2, 0)]
    [InlineData("USD", 0, 2)]
    [InlineData("KWD", 2, 3)]
    public void A_built_in_currency_with_other_decimals_is_refused(string code, int digits, int builtIn)
    {
        var act = () => new Currency(code, digits);
        act.Should().Throw<ArgumentException>().WithMessage(
            FormattableString.Invariant($"Currency {code} has {builtIn} decimals, not {digits}. Use Currency.{code}.*"));
    }

    [Fact]
    public void An_unknown_code_is_refused_with_the_constructor_as_remedy()
    {
        var act = () => Currency.FromCode("XTS");
        act.Should().Throw<ArgumentException>().WithMessage("Currency 'XTS' is not built in. Create it with new Currency(*");
    }
}
