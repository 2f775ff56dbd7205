using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Settlements;

/// <summary>
/// The unit of settlement and audit: the usage and amount of one posting date, kind, meter, item, payee and usage date. Immutable.
/// </summary>
[method: Experimental("SETTLE001")]
public sealed record SettlementLine(
    DateOnly PostingDate, LineKind Kind, DateOnly UsageDate, string Meter, string ItemId, string PayeeId, long Quantity, long Events,
    LinePrice? Price, RestatedLine? Restates = null)
{
    /// <summary>The business day whose close counts it.</summary>
    public DateOnly PostingDate { get; internal init; } = PostingDate;

    /// <summary>The kind of line.</summary>
    public LineKind Kind { get; internal init; } = Kind;

    /// <summary>The business day on which the usage happened; equals the posting date unless the usage arrived late.</summary>
    public DateOnly UsageDate { get; internal init; } = UsageDate;

    /// <summary>The meter.</summary>
    public string Meter { get; internal init; } = Meter;

    /// <summary>The item.</summary>
    public string ItemId { get; internal init; } = ItemId;

    /// <summary>The payee.</summary>
    public string PayeeId { get; internal init; } = PayeeId;

    /// <summary>The units; negative for corrections, 0 for repricings.</summary>
    public long Quantity { get; internal init; } = Quantity;

    /// <summary>The number of events.</summary>
    public long Events { get; internal init; } = Events;

    /// <summary>The price; null for a meter without rates.</summary>
    public LinePrice? Price { get; internal init; } = Price;

    /// <summary>The line that a restatement corrects; null for other kinds.</summary>
    public RestatedLine? Restates { get; internal init; } = Restates;

    /// <summary>The rounded amount, in the main unit of the currency; 0 for a line without a price.</summary>
    public decimal Amount => Price?.Amount ?? 0;
}

/// <summary>The price of a line. Immutable.</summary>
[method: Experimental("SETTLE001")]
public sealed record LinePrice(
    long CounterBefore, long CounterAfter, string RateScope, string RateVersion, decimal ExactAmount, decimal Amount, Currency Currency)
{
    /// <summary>The counter before the units of the line, in the counter period of the rate table.</summary>
    public long CounterBefore { get; internal init; } = CounterBefore;

    /// <summary>The counter after the units of the line.</summary>
    public long CounterAfter { get; internal init; } = CounterAfter;

    /// <summary>The scope of the version: empty for the meter, <c>item:ID</c> or <c>payee:ID</c> for an override.</summary>
    public string RateScope { get; internal init; } = RateScope;

    /// <summary>The version that priced it.</summary>
    public string RateVersion { get; internal init; } = RateVersion;

    /// <summary>The exact amount, not rounded.</summary>
    public decimal ExactAmount { get; internal init; } = ExactAmount;

    /// <summary>The amount to pay: the exact amount, rounded once by the rule of the meter.</summary>
    public decimal Amount { get; internal init; } = Amount;

    /// <summary>The currency of both amounts.</summary>
    public Currency Currency { get; internal init; } = Currency;
}

/// <summary>Identifies the line that a restatement corrects, which has the same meter, item, payee and usage date.</summary>
public readonly record struct RestatedLine(DateOnly PostingDate, LineKind Kind)
{
    /// <summary>The posting date of the line.</summary>
    public DateOnly PostingDate { get; internal init; } = PostingDate;

    /// <summary>The kind of the line.</summary>
    public LineKind Kind { get; internal init; } = Kind;

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
