using Settlement.Rates;

namespace Settlement.Lines;

/// <summary>A daily total, priced: the unit of settlement, and of audit. Immutable.</summary>
/// <param name="Day">The business day.</param>
/// <param name="Meter">What is counted.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">Who is paid.</param>
/// <param name="Quantity">Units of the day, late ones included.</param>
/// <param name="CumulativeBefore">The item's count before these units, over what the rate table counts over.</param>
/// <param name="CumulativeAfter">The item's count with them.</param>
/// <param name="RateScope">Whose rate table priced it: empty for the meter's, <c>item:ID</c> or <c>payee:ID</c> for an own one.</param>
/// <param name="RateVersion">The version of the rate table.</param>
/// <param name="ExactAmount">The price of these units, not rounded.</param>
/// <param name="Amount">What is paid for them: rounded once, here, by the meter's rule.</param>
/// <param name="Currency">The currency of both amounts.</param>
public sealed record PricedLine(
    DateOnly Day, string Meter, string ItemId, string PayeeId, long Quantity, long CumulativeBefore, long CumulativeAfter,
    string RateScope, string RateVersion, decimal ExactAmount, decimal Amount, Currency Currency);
