namespace Settlements;

/// <summary>How a line's exact amount becomes an amount that can be paid. It happens once, on the line.</summary>
public enum Rounding
{
    /// <summary>Each line by itself, toward zero to the currency's minor unit.</summary>
    Truncating,

    /// <summary>
    /// A line is the truncated exact sum so far, less what was paid so far, per meter, item, payee and currency, and never reset: so that a payee's
    /// lines of an item always sum to their truncated exact sum.
    /// </summary>
    Cumulative,
}
