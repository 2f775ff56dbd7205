namespace Settlements;

/// <summary>How a rate table prices a count of units.</summary>
public enum RateMode
{
    /// <summary>Each unit at the price of the tier that its own number is in (marginal).</summary>
    Graduated,

    /// <summary>All units at the price of the tier that the total reaches.</summary>
    Volume,

    /// <summary>All units at one price.</summary>
    Flat,

    /// <summary>One price for every started package of so many units.</summary>
    Package,
}
