using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>
/// Applies each file in a transaction with its record: a file is there whole or not at all, and of two instances one applies it.
/// </summary>
internal sealed class SqliteSchemaSession(SqliteConnection connection, string fileName, TimeProvider clock) : ISchemaSession
{
    /// <exception cref="InvalidOperationException">The file's encoding is another one than UTF-8.</exception>
    public Task<int> FindVersionAsync(CancellationToken cancellationToken)
    {
        if (connection.ExecuteScalar<string>("PRAGMA encoding") is var encoding and not "UTF-8")
        {
            throw new InvalidOperationException(
                $"The database '{fileName}' keeps its texts as {encoding}; ids are compared by the bytes of UTF-8. Use a database of that encoding.");
        }

        return Task.FromResult(SchemaRecord.FindVersion(connection));
    }

    public Task LockAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<TakenNames> FindTakenNamesAsync(IReadOnlyList<SchemaFile> files, CancellationToken cancellationToken) =>
        Task.FromResult(NameConflicts.Find(connection, files));

    /// <summary>One writer and many readers from now on: the file itself keeps it.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        connection.Execute("PRAGMA journal_mode = WAL");
        return Task.CompletedTask;
    }

    public Task<bool> ApplyAsync(SchemaFile file, CancellationToken cancellationToken)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute(
            "CREATE TABLE IF NOT EXISTS settlement_schema (number INTEGER PRIMARY KEY, file TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT",
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
