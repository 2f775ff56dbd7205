using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Settlements;

/// <summary>Thrown when the schema of the database is not the one that this version of the library requires.</summary>
public sealed class SchemaException : DbException
{
    /// <summary>Initializes an exception for a schema version mismatch. For store authors.</summary>
    /// <param name="database">The database, without secrets.</param>
    /// <param name="found">The schema version of the database; 0 when none of the tables exist.</param>
    /// <param name="needed">The schema version that this version of the library requires.</param>
    [Experimental("SETTLE001")]
    public SchemaException(string database, int found, int needed)
        : base(found > needed
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The database '{database}' has schema version {found}, created by a newer version of Settlements; this version supports "
                + $"{needed}. Update the package.")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The database '{database}' has schema version {found}; this version of Settlements requires {needed}. "
                + $"Apply it once with `await engine.Schema.ApplyAsync()`."))
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

    /// <summary>Gets the schema version of the database; 0 when none of the tables exist.</summary>
    public int Found { get; }

    /// <summary>Gets the schema version that this version of the library requires.</summary>
    public int Needed { get; }

    /// <summary>
    /// Gets the names of the library's tables and indexes that other objects in the database use; empty when that is not the cause.
    /// </summary>
    public IReadOnlyList<string> TakenNames { get; } = [];

    /// <summary>
    /// Creates an exception for table names, or on some engines index names, that other objects in the database already use. For store
    /// authors.
    /// </summary>
    /// <param name="database">The database, without secrets.</param>
    /// <param name="names">All names that are in use.</param>
    /// <param name="needed">The schema version that this version of the library requires.</param>
    /// <param name="remedy">How to store the library's tables elsewhere, as one or more sentences.</param>
    /// <returns>The exception. The caller throws it before it creates anything.</returns>
    [Experimental("SETTLE001")]
    public static SchemaException NamesTaken(string database, IReadOnlyList<string> names, int needed, string remedy)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new SchemaException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The schema can't be created in the database '{database}': {names.Count} of its names are used by other tables: "
                + $"{string.Join(", ", names)}. Nothing was created. {remedy}"),
            names, needed);
    }
}
