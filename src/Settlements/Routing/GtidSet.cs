namespace Settlements.Routing;

/// <summary>A set of global transaction ids in the format of a server family. Immutable; its text is canonical.</summary>
internal abstract class GtidSet
{
    /// <summary>Returns whether another set, which may be of another family, contains this one.</summary>
    public abstract bool IsCoveredBy(GtidSet position);

    /// <summary>Returns the union with a set of the same family.</summary>
    public abstract GtidSet Union(GtidSet other);
}
