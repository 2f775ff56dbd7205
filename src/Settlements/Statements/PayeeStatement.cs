namespace Settlements;

/// <summary>A payee's lines of a day, a week, a month or a year, summed by posting date. Immutable.</summary>
/// <param name="PayeeId">Who is paid.</param>
/// <param name="Coverage">The period, and how much of it is published and so in here.</param>
/// <param name="Lines">Per meter, item and currency, in this order by bytes.</param>
/// <param name="Meters">The same per meter and currency.</param>
/// <param name="Totals">The same in all, one for each currency.</param>
/// <param name="Quarantined">Usage of the payee that could not be priced by the last published day, and is counted again by the next.</param>
public sealed record PayeeStatement(
    string PayeeId, PeriodCoverage Coverage, IReadOnlyList<StatementLine> Lines, IReadOnlyList<MeterAmount> Meters,
    IReadOnlyList<Money> Totals, IReadOnlyList<QuarantinedUsage> Quarantined)
{
    /// <summary>The period's days, both ends included.</summary>
    public DateRange Days => Coverage.Days;

    /// <summary>How many of them are published.</summary>
    public int PublishedDays => Coverage.PublishedDays;

    /// <summary>Whether every day of the period is published.</summary>
    public bool IsComplete => Coverage.IsComplete;
}

/// <summary>What every payee is owed for a period. Immutable.</summary>
/// <param name="Coverage">The period, and how much of it is published and so in here.</param>
/// <param name="Payees">Those with lines in the period, by the greatest total first; ties, and payees of several currencies, by id.</param>
public sealed record PeriodTotals(PeriodCoverage Coverage, IReadOnlyList<PayeeTotal> Payees);

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
