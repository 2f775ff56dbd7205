namespace Settlements.Cli;

/// <summary>An amount of money in a JSON document.</summary>
internal sealed record AmountJson(decimal Amount, string Currency)
{
    public static AmountJson Of(Money money) => new(money.Amount, money.Currency.Code);
}
