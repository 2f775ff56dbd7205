using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.Sqlite.Database;

namespace Settlement.Sqlite.Schema;

/// <summary>Names that the schema would create and that something else in the file has.</summary>
internal static partial class TakenNames
{
    private const string Remedy =
        "Rename them, or give Settlement a file of its own: UseSqlite(\"Data Source=settlement.db\"). A transaction of WriteWithinAsync is then one on that file.";

    /// <summary>Looks before anything is created or set in the file.</summary>
    /// <param name="connection">Outside a transaction.</param>
    /// <param name="fileName">For the message.</param>
    /// <param name="files">Number and text of each schema file.</param>
    /// <exception cref="SchemaException">Some are taken; all of them are named.</exception>
    public static void RequireNone(SqliteConnection connection, string fileName, IEnumerable<(int Number, string Text)> files)
    {
        // One snapshot: another process may be applying the schema at this moment.
        using var transaction = connection.BeginTransaction(deferred: true);
        var present = connection.Query<string>("SELECT name FROM sqlite_master ORDER BY name", transaction: transaction).ToList();
        var applied = SchemaCheck.Find(connection);
        var names = files.Where(file => file.Number > applied).SelectMany(file => Created().Matches(file.Text).Select(m => m.Groups[1].Value)).ToList();
        if (!SchemaCheck.HasRecord(connection))
            names.Add("settlement_schema");
        var taken = present.Intersect(names, StringComparer.OrdinalIgnoreCase).ToList();
        if (taken.Count > 0)
            throw SchemaException.NamesTaken(fileName, taken, SqliteSchema.Version, Remedy);
    }

    [GeneratedRegex(@"^CREATE (?:UNIQUE )?(?:TABLE|INDEX) (?:IF NOT EXISTS )?(\w+)", RegexOptions.Multiline)]
    private static partial Regex Created();
}
