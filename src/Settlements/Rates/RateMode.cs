namespace Settlements;

/// <summary>The pricing models of rate tables.</summary>
public enum RateMode
{
    /// <summary>Each unit has the price of the tier that contains the number of that unit (marginal).</summary>
    Graduated,

    /// <summary>All units have the price of the tier that the total reaches.</summary>
    Volume,

    /// <summary>All units have one price.</summary>
    Flat,

    /// <summary>Each started package of a number of units has one price.</summary>
    Package,
}
