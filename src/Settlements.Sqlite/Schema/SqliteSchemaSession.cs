using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>
/// Applies schema files. A file and its record are one transaction: a file is applied completely or not at all, and by one instance only.
/// </summary>
internal sealed class SqliteSchemaSession(SqliteConnection connection, string fileName, TimeProvider clock) : ISchemaSession
{
    /// <exception cref="InvalidOperationException">The database's encoding is not UTF-8.</exception>
    public Task<int> FindVersionAsync(CancellationToken cancellationToken)
    {
        if (connection.ExecuteScalar<string>("PRAGMA encoding") is var encoding and not "UTF-8")
        {
            throw new InvalidOperationException(
                $"The database '{fileName}' has the encoding {encoding}; ids are compared by the bytes of UTF-8. "
                + "Use a database with the encoding UTF-8.");
        }

        return Task.FromResult(SchemaRecord.FindVersion(connection));
    }

    public Task LockAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<TakenNames> FindTakenNamesAsync(IReadOnlyList<SchemaFile> files, CancellationToken cancellationToken) =>
        Task.FromResult(NameConflicts.Find(connection, files));

    /// <summary>Sets WAL mode, which is persistent: readers and the writer don't block each other.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        connection.Execute("PRAGMA journal_mode = WAL");
        return Task.CompletedTask;
    }

    public Task<bool> ApplyAsync(SchemaFile file, CancellationToken cancellationToken)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute(
            "CREATE TABLE IF NOT EXISTS settlement_schema (number INTEGER PRIMARY KEY, file TEXT "
            + "NOT NULL, applied_at TEXT NOT NULL) STRICT",
            transaction: transaction);
        if (SchemaRecord.FindVersion(connection) >= file.Number)
            return Task.FromResult(false);

        connection.Execute(file.Text, transaction: transaction);
        connection.Execute(
            "INSERT INTO settlement_schema (number, file, applied_at) VALUES (@Number, @Name, @at)",
            new { file.Number, file.Name, at = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) }, transaction);
        transaction.Commit();
        return Task.FromResult(true);
    }
}
