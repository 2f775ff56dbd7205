using System.Globalization;
using System.Reflection;
using Dapper;
using Settlement.Sqlite.Database;

namespace Settlement.Sqlite.Schema;

/// <summary>Applies the numbered files of this folder, each in a transaction with its record.</summary>
internal sealed class SqliteSchema(SqliteDatabase database, TimeProvider clock) : ISchema
{
    private const string Prefix = "Settlement.Sqlite.Schema.";

    private static readonly string[] Files =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The newest file's number.</summary>
    public static int Version => Number(Files[^1]);

    public Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken = default)
    {
        using var connection = database.OpenWriter();

        if (connection.ExecuteScalar<string>("PRAGMA encoding") is var encoding and not "UTF-8")
        {
            throw new InvalidOperationException(
                $"The database '{database.FileName}' keeps its texts as {encoding}; ids are compared by the bytes of UTF-8. Use a database of that encoding.");
        }

        TakenNames.RequireNone(connection, database.FileName, Files.Select(file => (Number(file), Text(file))));

        // Kept in the file itself: one writer and many readers from now on.
        connection.Execute("PRAGMA journal_mode = WAL");
        var applied = new List<string>();
        foreach (var file in Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var transaction = connection.BeginTransaction(deferred: false);
            connection.Execute(
                "CREATE TABLE IF NOT EXISTS settlement_schema (number INTEGER PRIMARY KEY, file TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT",
                transaction: transaction);
            var found = SchemaCheck.Find(connection);
            if (found > Version)
                throw new SchemaException(database.FileName, found, Version);
            if (found >= Number(file))
                continue;

            connection.Execute(Text(file), transaction: transaction);
            connection.Execute(
                "INSERT INTO settlement_schema (number, file, applied_at) VALUES (@number, @file, @at)",
                new { number = Number(file), file = file[Prefix.Length..], at = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) },
                transaction);
            transaction.Commit();
            applied.Add(file[Prefix.Length..]);
        }

        return Task.FromResult<IReadOnlyList<string>>(applied);
    }

    private static int Number(string file) => int.Parse(file.AsSpan(Prefix.Length, 4), CultureInfo.InvariantCulture);

    private static string Text(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
