namespace Settlement.Rates;

/// <summary>How a line's exact amount becomes an amount that can be paid. It happens once, on the line.</summary>
public enum RoundingRule
{
    /// <summary>Each line by itself, toward zero to the currency's minor unit.</summary>
    Truncating,

    /// <summary>
    /// A line is the truncated price of the item's count so far, less what its earlier lines paid, so that an item's lines always
    /// sum to the truncated price of its life.
    /// </summary>
    Cumulative,
}
