using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Finds tables, indexes and triggers of the application that have names of the schema.</summary>
internal static partial class NameConflicts
{
    private const string Remedy =
        "Rename them, or store Settlement's tables in a separate file: UseSqlite(\"Data Source=settlement.db\"). Transactions passed to "
        + "WriteAsync must then be on that file.";

    /// <summary>Returns the conflicting names, before the schema changes the file.</summary>
    /// <param name="connection">A connection without a transaction.</param>
    /// <param name="files">The schema's files.</param>
    public static TakenNames Find(SqliteConnection connection, IReadOnlyList<SchemaFile> files)
    {
        // One snapshot: another process may be applying the schema at the same time.
        using var transaction = connection.BeginTransaction(deferred: true);
        var present = connection.Query<string>("SELECT name FROM sqlite_master ORDER BY name", transaction: transaction).ToList();
        var applied = SchemaRecord.FindVersion(connection);
        var names = files.Where(file => file.Number > applied)
            .SelectMany(file => Created().Matches(file.Text).Select(m => m.Groups[1].Value)).ToList();
        if (!SchemaRecord.Exists(connection))
            names.Add(SchemaRecord.Table);
        return new TakenNames([.. present.Intersect(names, StringComparer.OrdinalIgnoreCase)], Remedy);
    }

    [GeneratedRegex(@"^CREATE (?:UNIQUE )?(?:TABLE|INDEX|TRIGGER) (?:IF NOT EXISTS )?(\w+)", RegexOptions.Multiline)]
    private static partial Regex Created();
}
