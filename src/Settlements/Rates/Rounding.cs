namespace Settlements;

/// <summary>The rules by which the exact amount of a line is rounded to the amount to pay. Each line is rounded once.</summary>
public enum Rounding
{
    /// <summary>Each line is rounded separately, toward zero to the minor unit of the currency.</summary>
    Truncating,

    /// <summary>
    /// The amount of a line is the truncated exact sum of all lines so far minus the sum of their rounded amounts, by meter, item, payee
    /// and currency, never reset. The amounts of a payee's lines of an item therefore always add up to the truncated exact sum.
    /// </summary>
    Cumulative,
}
