using Settlement.Calendars;
using Settlement.Rates;

namespace Settlement.Statements;

/// <summary>A payee's lines of a day, a week or a month, summed. Immutable.</summary>
/// <param name="PayeeId">Who is paid.</param>
/// <param name="Days">The period's days, both ends included.</param>
/// <param name="PublishedDays">How many of them are published, and so in here.</param>
/// <param name="Lines">Per meter, item and currency, in this order by bytes.</param>
/// <param name="Meters">The same per meter and currency.</param>
/// <param name="Totals">The same in all, one for each currency.</param>
public sealed record Statement(
    string PayeeId, DateRange Days, int PublishedDays, IReadOnlyList<StatementLine> Lines, IReadOnlyList<MeterAmount> Meters,
    IReadOnlyList<Money> Totals);

/// <summary>What an item earned for a payee in a period.</summary>
/// <param name="Meter">What is counted.</param>
/// <param name="ItemId">The item.</param>
/// <param name="Quantity">Its priced units.</param>
/// <param name="Amount">The sum of the lines' amounts.</param>
public sealed record StatementLine(string Meter, string ItemId, long Quantity, Money Amount);

/// <summary>What a meter came to.</summary>
/// <param name="Meter">What is counted.</param>
/// <param name="Quantity">Priced units.</param>
/// <param name="Amount">The sum of the lines' amounts.</param>
public sealed record MeterAmount(string Meter, long Quantity, Money Amount);

/// <summary>What a payee is owed for a period.</summary>
/// <param name="PayeeId">Who is paid.</param>
/// <param name="Meters">Per meter and currency, by bytes.</param>
/// <param name="Totals">In all, one for each currency.</param>
public sealed record PayeeTotal(string PayeeId, IReadOnlyList<MeterAmount> Meters, IReadOnlyList<Money> Totals);
