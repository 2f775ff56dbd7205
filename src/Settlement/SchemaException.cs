using System.Data.Common;

namespace Settlement;

/// <summary>The database's tables are not those of this version of the library.</summary>
public sealed class SchemaException : DbException
{
    /// <summary>Says which schema was found and which is needed; for stores.</summary>
    /// <param name="database">The database, without secrets.</param>
    /// <param name="found">The schema that it has; 0 when it has none of the tables.</param>
    /// <param name="needed">The schema that this version of the library needs.</param>
    public SchemaException(string database, int found, int needed)
        : base(found > needed
            ? FormattableString.Invariant($"The database '{database}' has schema {found}, made by a newer version of Settlement; this one knows {needed}. Update the package.")
            : FormattableString.Invariant($"The database '{database}' has schema {found}; this version of Settlement needs {needed}. ")
                + "Apply it once with `await engine.Schema.ApplyAsync()`.")
    {
        Found = found;
        Needed = needed;
    }

    /// <summary>The schema that the database has; 0 when it has none of the tables.</summary>
    public int Found { get; }

    /// <summary>The schema that this version of the library needs.</summary>
    public int Needed { get; }
}
