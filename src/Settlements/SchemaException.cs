using System.Data.Common;

namespace Settlements;

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

    private SchemaException(string message, IReadOnlyList<string> takenNames, int needed)
        : base(message)
    {
        TakenNames = takenNames;
        Needed = needed;
    }

    /// <summary>The schema that the database has; 0 when it has none of the tables.</summary>
    public int Found { get; }

    /// <summary>The schema that this version of the library needs.</summary>
    public int Needed { get; }

    /// <summary>The names of the library's tables and indexes that something else in the database has; empty where that is not the reason.</summary>
    public IReadOnlyList<string> TakenNames { get; } = [];

    /// <summary>The database has tables, or on some engines indexes, of the names that the schema would create; for stores.</summary>
    /// <param name="database">The database, without secrets.</param>
    /// <param name="names">All names that are taken.</param>
    /// <param name="needed">The schema that this version of the library needs.</param>
    /// <param name="remedy">Where else the store's tables can be kept, as one or more sentences.</param>
    /// <returns>The exception, to be thrown before anything is created.</returns>
    public static SchemaException NamesTaken(string database, IReadOnlyList<string> names, int needed, string remedy)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new SchemaException(
            FormattableString.Invariant($"The schema can't be created in the database '{database}': {names.Count} of its names belong to tables that are not Settlement's: ")
                + $"{string.Join(", ", names)}. Nothing was created. {remedy}",
            names, needed);
    }
}
