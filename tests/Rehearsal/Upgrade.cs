using System.Reflection;
using Settlements.Stores;

namespace Settlements.Rehearsal;

/// <summary>The schemas of three versions of a package: the package's own, and two later ones that are made for the tests.</summary>
/// <param name="Package">The store's assembly, whose schema is version 1 here.</param>
/// <param name="Second">The SQL that the second version adds.</param>
/// <param name="Third">The SQL that the third version adds.</param>
public sealed record Upgrade(Assembly Package, string Second, string Third)
{
    /// <summary>Lists the table that the second version creates and fills, with a column of the third.</summary>
    public const string Notes = "SELECT day, line_count, is_reviewed FROM day_notes ORDER BY day";

    /// <summary>Returns the schema of a version from 1 to 3.</summary>
    internal SchemaFiles Version(int version)
    {
        var own = SchemaFiles.Read(Package).All;
        var last = own[^1].Number;
        SchemaFile[] later = [new(last + 1, "second.sql", Second), new(last + 2, "third.sql", Third)];
        return SchemaFiles.Of([.. own, .. later.Take(version - 1)]);
    }
}
