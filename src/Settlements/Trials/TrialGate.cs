using static System.FormattableString;

namespace Settlements;

/// <summary>The limits of a trial: by how much the amounts of a candidate may differ from the published ones. Immutable.</summary>
public sealed class TrialGate
{
    /// <summary>
    /// The percentage by which the total of a currency may differ, up or down. 0 or more; null, the default, for no limit.
    /// </summary>
    public decimal? TotalPercentMax { get; init; }

    /// <summary>
    /// The percentage by which the amount of a payee may differ, up or down, in each currency. 0 or more; null, the default, for no limit.
    /// </summary>
    public decimal? PayeePercentMax { get; init; }

    /// <summary>
    /// The published amount, in the main unit of its currency, up to which a payee is not compared with <see cref="PayeePercentMax"/>. The
    /// sign of an amount is ignored. 0 or more; default 0.
    /// </summary>
    public decimal PayeeAmountMin { get; init; }

    /// <exception cref="ArgumentException">A value is out of range; lists all errors.</exception>
    internal void Require(string parameter)
    {
        var errors = new List<string>();
        if (TotalPercentMax < 0)
            errors.Add(Invariant($"TotalPercentMax is {TotalPercentMax}; use 0 or more, or null for no limit."));
        if (PayeePercentMax < 0)
            errors.Add(Invariant($"PayeePercentMax is {PayeePercentMax}; use 0 or more, or null for no limit."));
        if (PayeeAmountMin < 0)
            errors.Add(Invariant($"PayeeAmountMin is {PayeeAmountMin}; use 0 or more."));
        if (errors.Count > 0)
            throw new ArgumentException(string.Join(' ', errors), parameter);
    }

    internal IEnumerable<string> Violations(TrialTotal total)
    {
        if (TotalPercentMax is { } totalMax && Exceeds(total.Before, total.After, totalMax))
            yield return $"The total in {total.Currency} {Change(total.Before, total.After, total.Percent, total.Currency, totalMax)}";
        if (PayeePercentMax is not { } payeeMax)
            yield break;
        foreach (var payee in total.Payees.Where(p => Math.Abs(p.Before) > PayeeAmountMin && Exceeds(p.Before, p.After, payeeMax)))
            yield return $"Payee '{payee.PayeeId}' {Change(payee.Before, payee.After, payee.Percent, total.Currency, payeeMax)}";
    }

    // Multiplied, so that nothing is rounded at the limit.
    private static bool Exceeds(decimal before, decimal after, decimal percentMax) =>
        Math.Abs(after - before) * 100 > percentMax * Math.Abs(before);

    private static string Change(decimal before, decimal after, decimal? percent, Currency currency, decimal percentMax) =>
        $"changes from {new Money(before, currency)} to {new Money(after, currency)} ("
        + (percent is { } value ? Invariant($"{value:+0.##;-0.##;0} %") : "nothing was paid before")
        + Invariant($"), more than the limit of {percentMax:0.######} %.");
}
