namespace Settlements;

/// <summary>The sums of a payee's lines with posting dates in a day, a week, a month or a year. Immutable.</summary>
public sealed class PayeeStatement
{
    internal PayeeStatement(
        string payeeId, PeriodCoverage coverage, IReadOnlyList<StatementLine> lines,
        IReadOnlyList<MeterAmount> meters, IReadOnlyList<Money> totals, IReadOnlyList<QuarantinedUsage> quarantined,
        StatementEstimate? estimate = null)
    {
        PayeeId = payeeId;
        Coverage = coverage;
        Lines = lines;
        Meters = meters;
        Totals = totals;
        Quarantined = quarantined;
        Estimate = estimate;
    }

    /// <summary>The payee.</summary>
    public string PayeeId { get; }

    /// <summary>The period, and its published days, which the statement includes.</summary>
    public PeriodCoverage Coverage { get; }

    /// <summary>The sums by meter, item and currency, in this order, by bytes.</summary>
    public IReadOnlyList<StatementLine> Lines { get; }

    /// <summary>The sums by meter and currency.</summary>
    public IReadOnlyList<MeterAmount> Meters { get; }

    /// <summary>The totals, one for each currency.</summary>
    public IReadOnlyList<Money> Totals { get; }

    /// <summary>
    /// Usage of the payee that the last close could not price. The next close prices it again. When the statement includes estimated days,
    /// usage that the close of the last estimated day could not price now.
    /// </summary>
    public IReadOnlyList<QuarantinedUsage> Quarantined { get; }

    /// <summary>The days of the period, both ends included.</summary>
    public DateRange Days => Coverage.Days;

    /// <summary>The number of published days in the period.</summary>
    public int PublishedDays => Coverage.PublishedDays;

    /// <summary>Whether every day of the period is published.</summary>
    public bool IsComplete => Coverage.IsComplete;

    /// <summary>
    /// Which days are published and which are estimated, if the estimate was included; null when it was not, or no day is estimated.
    /// </summary>
    public StatementEstimate? Estimate { get; }
}

/// <summary>The amounts of all payees for a period. Immutable.</summary>
public sealed class PeriodTotals
{
    internal PeriodTotals(PeriodCoverage coverage, IReadOnlyList<PayeeTotal> payees, StatementEstimate? estimate = null)
    {
        Coverage = coverage;
        Payees = payees;
        Estimate = estimate;
    }

    /// <summary>The period, and its published days, which the totals include.</summary>
    public PeriodCoverage Coverage { get; }

    /// <summary>
    /// The payees with priced lines in the period, ordered by the code of their first currency, then by the total in that currency,
    /// greatest first, then by id.
    /// </summary>
    public IReadOnlyList<PayeeTotal> Payees { get; }

    /// <summary>
    /// Which days are published and which are estimated, if the estimate was included; null when it was not, or no day is estimated.
    /// </summary>
    public StatementEstimate? Estimate { get; }
}

/// <summary>The units and the amount of an item in a statement.</summary>
public sealed class StatementLine
{
    internal StatementLine(string meter, string itemId, long quantity, Money amount)
    {
        Meter = meter;
        ItemId = itemId;
        Quantity = quantity;
        Amount = amount;
    }

    /// <summary>The meter.</summary>
    public string Meter { get; }

    /// <summary>The item.</summary>
    public string ItemId { get; }

    /// <summary>The priced units.</summary>
    public long Quantity { get; }

    /// <summary>The sum of the amounts of the lines.</summary>
    public Money Amount { get; }
}

/// <summary>The units and the amount of a meter.</summary>
public sealed class MeterAmount
{
    internal MeterAmount(string meter, long quantity, Money amount)
    {
        Meter = meter;
        Quantity = quantity;
        Amount = amount;
    }

    /// <summary>The meter.</summary>
    public string Meter { get; }

    /// <summary>The priced units.</summary>
    public long Quantity { get; }

    /// <summary>The sum of the amounts of the lines.</summary>
    public Money Amount { get; }
}

/// <summary>The amounts of a payee for a period.</summary>
public sealed class PayeeTotal
{
    internal PayeeTotal(string payeeId, IReadOnlyList<MeterAmount> meters, IReadOnlyList<Money> totals)
    {
        PayeeId = payeeId;
        Meters = meters;
        Totals = totals;
    }

    /// <summary>The payee.</summary>
    public string PayeeId { get; }

    /// <summary>The sums by meter and currency, in this order, by bytes.</summary>
    public IReadOnlyList<MeterAmount> Meters { get; }

    /// <summary>The totals, one for each currency.</summary>
    public IReadOnlyList<Money> Totals { get; }
}
