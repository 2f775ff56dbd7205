namespace Settlements.Routing;

/// <summary>A set of global transaction ids, in one server family's form. Immutable, and written in one order only.</summary>
internal abstract class GtidSet
{
    /// <summary>Whether all of this is in the other, which may be of another family.</summary>
    public abstract bool IsCoveredBy(GtidSet position);

    /// <summary>Of the same family.</summary>
    public abstract GtidSet Union(GtidSet other);
}
