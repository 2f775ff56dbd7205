using System.Globalization;

namespace Settlements;

/// <summary>The unit of settlement and of audit: what one posting date pays of one meter, item, payee and usage date. Immutable.</summary>
/// <param name="PostingDate">The business day whose close counts it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="UsageDate">The business day on which the usage happened; equals the posting date unless it arrived late.</param>
/// <param name="Meter">What is counted.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">Who is paid.</param>
/// <param name="Quantity">Units; negative for corrections, 0 for repricings.</param>
/// <param name="Events">How many events were summed.</param>
/// <param name="Price">What it is paid; null for a meter without rates.</param>
/// <param name="Restates">The line that a restatement corrects; null for other kinds.</param>
public sealed record SettlementLine(
    DateOnly PostingDate, LineKind Kind, DateOnly UsageDate, string Meter, string ItemId, string PayeeId, long Quantity, long Events,
    LinePrice? Price, RestatedLine? Restates = null)
{
    /// <summary>The amount paid, in the currency's main unit; 0 for a line without a price.</summary>
    public decimal Amount => Price?.Amount ?? 0;
}

/// <summary>How a line is priced. Immutable.</summary>
/// <param name="CounterBefore">The counter before the line's units, in the period that the rate table counts over.</param>
/// <param name="CounterAfter">The counter with them.</param>
/// <param name="RateScope">The scope of the version: empty for the meter's, <c>item:ID</c> or <c>payee:ID</c> for an override.</param>
/// <param name="RateVersion">The version that priced it.</param>
/// <param name="ExactAmount">The price, not rounded.</param>
/// <param name="Amount">What is paid: rounded once, here, by the meter's rule.</param>
/// <param name="Currency">The currency of both amounts.</param>
public sealed record LinePrice(
    long CounterBefore, long CounterAfter, string RateScope, string RateVersion, decimal ExactAmount, decimal Amount, Currency Currency);

/// <summary>The line that a restatement corrects: of the same meter, item, payee and usage date.</summary>
/// <param name="PostingDate">Its posting date.</param>
/// <param name="Kind">Its kind.</param>
public readonly record struct RestatedLine(DateOnly PostingDate, LineKind Kind)
{
    /// <summary>Posting date and kind, whatever the current culture.</summary>
    /// <returns>For example <c>2024-07-01/usage</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PostingDate:O}/{Kind.Name()}");

    /// <summary>Reads what <see cref="ToString"/> gives.</summary>
    /// <param name="text">Posting date and kind.</param>
    /// <returns>The line; null for an empty text.</returns>
    /// <exception cref="FormatException">The text has another form.</exception>
    public static RestatedLine? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
            return null;
        var cut = text.IndexOf('/', StringComparison.Ordinal);
        return cut == 10
            ? new RestatedLine(DateOnly.ParseExact(text[..cut], "O", CultureInfo.InvariantCulture), LineKinds.Parse(text[(cut + 1)..]))
            : throw new FormatException($"'{text}' does not name a line; write its posting date and kind, as in 2024-07-01/usage.");
    }
}
