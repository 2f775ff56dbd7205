using System.Globalization;

namespace Settlements;

/// <summary>
/// The unit of settlement and audit: the usage and amount of one posting date, kind, meter, item, payee and usage date. Immutable.
/// </summary>
/// <param name="PostingDate">The business day whose close counts it.</param>
/// <param name="Kind">The kind of line.</param>
/// <param name="UsageDate">The business day on which the usage happened; equals the posting date unless the usage arrived late.</param>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Quantity">The units; negative for corrections, 0 for repricings.</param>
/// <param name="Events">The number of events.</param>
/// <param name="Price">The price; null for a meter without rates.</param>
/// <param name="Restates">The line that a restatement corrects; null for other kinds.</param>
public sealed record SettlementLine(
    DateOnly PostingDate, LineKind Kind, DateOnly UsageDate, string Meter, string ItemId, string PayeeId, long Quantity, long Events,
    LinePrice? Price, RestatedLine? Restates = null)
{
    /// <summary>The rounded amount, in the main unit of the currency; 0 for a line without a price.</summary>
    public decimal Amount => Price?.Amount ?? 0;
}

/// <summary>The price of a line. Immutable.</summary>
/// <param name="CounterBefore">The counter before the units of the line, in the counter period of the rate table.</param>
/// <param name="CounterAfter">The counter after the units of the line.</param>
/// <param name="RateScope">The scope of the version: empty for the meter, <c>item:ID</c> or <c>payee:ID</c> for an override.</param>
/// <param name="RateVersion">The version that priced it.</param>
/// <param name="ExactAmount">The exact amount, not rounded.</param>
/// <param name="Amount">The amount to pay: the exact amount, rounded once by the rule of the meter.</param>
/// <param name="Currency">The currency of both amounts.</param>
public sealed record LinePrice(
    long CounterBefore, long CounterAfter, string RateScope, string RateVersion, decimal ExactAmount, decimal Amount, Currency Currency);

/// <summary>Identifies the line that a restatement corrects, which has the same meter, item, payee and usage date.</summary>
/// <param name="PostingDate">The posting date of the line.</param>
/// <param name="Kind">The kind of the line.</param>
public readonly record struct RestatedLine(DateOnly PostingDate, LineKind Kind)
{
    /// <summary>Returns the posting date and kind, independent of the current culture.</summary>
    /// <returns>For example <c>2024-07-01/usage</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PostingDate:O}/{Kind.Name()}");

    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    /// <param name="text">The posting date and kind; may be empty.</param>
    /// <returns>The line; null for an empty text.</returns>
    /// <exception cref="FormatException">The text is invalid.</exception>
    public static RestatedLine? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
            return null;
        var cut = text.IndexOf('/', StringComparison.Ordinal);
        return cut == 10
            ? new RestatedLine(DateOnly.ParseExact(text[..cut], "O", CultureInfo.InvariantCulture), LineKinds.Parse(text[(cut + 1)..]))
            : throw new FormatException($"'{text}' is not the reference of a line. Use its posting date and kind, as in 2024-07-01/usage.");
    }
}
