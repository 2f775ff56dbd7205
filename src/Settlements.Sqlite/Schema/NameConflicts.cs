using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Names that the schema would create and that something else in the file has.</summary>
internal static partial class NameConflicts
{
    private const string Remedy =
        "Rename them, or give Settlement a file of its own: UseSqlite(\"Data Source=settlement.db\"). A transaction of WriteAsync is then one on that file.";

    /// <summary>Finds them, before anything is created or set in the file.</summary>
    /// <param name="connection">Outside a transaction.</param>
    /// <param name="files">The schema.</param>
    public static TakenNames Find(SqliteConnection connection, IReadOnlyList<SchemaFile> files)
    {
        // One snapshot: another process may be applying the schema at this moment.
        using var transaction = connection.BeginTransaction(deferred: true);
        var present = connection.Query<string>("SELECT name FROM sqlite_master ORDER BY name", transaction: transaction).ToList();
        var applied = SchemaRecord.FindVersion(connection);
        var names = files.Where(file => file.Number > applied).SelectMany(file => Created().Matches(file.Text).Select(m => m.Groups[1].Value)).ToList();
        if (!SchemaRecord.Exists(connection))
            names.Add(SchemaRecord.Table);
        return new TakenNames([.. present.Intersect(names, StringComparer.OrdinalIgnoreCase)], Remedy);
    }

    [GeneratedRegex(@"^CREATE (?:UNIQUE )?(?:TABLE|INDEX) (?:IF NOT EXISTS )?(\w+)", RegexOptions.Multiline)]
    private static partial Regex Created();
}
