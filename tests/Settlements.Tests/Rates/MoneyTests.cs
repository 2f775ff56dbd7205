namespace Settlements.Tests.Rates;

public sealed class MoneyTests
{
    [Fact]
    public void Amounts_of_one_currency_add_up() =>
        (new Money(605_000.3m, Currency.KRW) + new Money(0.7m, Currency.KRW)).Should().Be(new Money(605_001m, Currency.KRW));

    [Fact]
    public void Adding_amounts_of_two_currencies_is_refused()
    {
        var act = () => new Money(605_000, Currency.KRW) + new Money(1, Currency.USD);
        act.Should().Throw<InvalidOperationException>()
            .WithMessage("605000 KRW and 1.00 USD can't be added: their currencies differ. Sum each currency separately.");
    }

    [Fact]
    public void The_text_has_all_decimals_and_at_least_those_of_the_minor_unit_in_any_culture() => InEveryCulture.Run(() =>
    {
        new Money(605_000m, Currency.KRW).ToString().Should().Be("605000 KRW");
        new Money(605_000.9m, Currency.KRW).ToString().Should().Be("605000.9 KRW", "formatting doesn't round an amount");
        new Money(-12.5m, Currency.USD).ToString().Should().Be("-12.50 USD");
        new Money(0.000001m, Currency.KWD).ToString().Should().Be("0.000001 KWD");
        new Money(1_000_000_000_000_000_000_000.123456m, Currency.KWD).ToString().Should().Be("1000000000000000000000.123456 KWD");
        default(Money).ToString().Should().Be("0 (no currency)");
    });

    [Fact]
    public void Money_without_a_currency_is_refused()
    {
        var act = () => new Money(1, null!);
        act.Should().Throw<ArgumentNullException>();
    }
}
