namespace Settlements;

/// <summary>The sums of a payee's lines with posting dates in a day, a week, a month or a year. Immutable.</summary>
/// <param name="PayeeId">The payee.</param>
/// <param name="Coverage">The period, and its published days, which the statement includes.</param>
/// <param name="Lines">The sums by meter, item and currency, in this order, by bytes.</param>
/// <param name="Meters">The sums by meter and currency.</param>
/// <param name="Totals">The totals, one for each currency.</param>
/// <param name="Quarantined">Usage of the payee that the last close could not price. The next close prices it again.</param>
public sealed record PayeeStatement(
    string PayeeId, PeriodCoverage Coverage, IReadOnlyList<StatementLine> Lines, IReadOnlyList<MeterAmount> Meters,
    IReadOnlyList<Money> Totals, IReadOnlyList<QuarantinedUsage> Quarantined)
{
    /// <summary>The days of the period, both ends included.</summary>
    public DateRange Days => Coverage.Days;

    /// <summary>The number of published days in the period.</summary>
    public int PublishedDays => Coverage.PublishedDays;

    /// <summary>Whether every day of the period is published.</summary>
    public bool IsComplete => Coverage.IsComplete;
}

/// <summary>The amounts of all payees for a period. Immutable.</summary>
/// <param name="Coverage">The period, and its published days, which the totals include.</param>
/// <param name="Payees">
/// The payees with priced lines in the period, ordered by the code of their first currency, then by the total in that currency, greatest
/// first, then by id.
/// </param>
public sealed record PeriodTotals(PeriodCoverage Coverage, IReadOnlyList<PayeeTotal> Payees);

/// <summary>The units and the amount of an item in a statement.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="Quantity">The priced units.</param>
/// <param name="Amount">The sum of the amounts of the lines.</param>
public sealed record StatementLine(string Meter, string ItemId, long Quantity, Money Amount);

/// <summary>The units and the amount of a meter.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Quantity">The priced units.</param>
/// <param name="Amount">The sum of the amounts of the lines.</param>
public sealed record MeterAmount(string Meter, long Quantity, Money Amount);

/// <summary>The amounts of a payee for a period.</summary>
/// <param name="PayeeId">The payee.</param>
/// <param name="Meters">The sums by meter and currency, in this order, by bytes.</param>
/// <param name="Totals">The totals, one for each currency.</param>
public sealed record PayeeTotal(string PayeeId, IReadOnlyList<MeterAmount> Meters, IReadOnlyList<Money> Totals);
