using System.IO.Hashing;
using System.Text;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Applies files statement by statement. The server commits every CREATE by itself, so how many statements of a file are done is recorded
/// after each: the next call continues one that was cut off.
/// </summary>
internal sealed class MySqlSchemaSession(MySqlConnection connection, string location, TimeProvider clock) : ISchemaSession, IAsyncDisposable
{
    private static readonly TimeSpan LockWait = TimeSpan.FromMinutes(1);

    private string? _lock;

    public Task<int> FindVersionAsync(CancellationToken cancellationToken) => SchemaRecord.FindVersionAsync(connection, cancellationToken);

    /// <summary>One instance at a time; the lock goes with the connection.</summary>
    public async Task LockAsync(CancellationToken cancellationToken)
    {
        var name = LockName(connection.Database);
        if (!await NamedLock.TryAcquireAsync(connection, name, LockWait, location, cancellationToken).ConfigureAwait(false))
        {
            var holder = await NamedLock.HolderAsync(connection, name, cancellationToken).ConfigureAwait(false);
            throw new MySqlStoreException(
                $"{location}: another instance ({holder}) has been applying the schema for over a minute. Wait for its end, and try again.",
                isTransient: true);
        }

        _lock = name;
    }

    public Task<TakenNames> FindTakenNamesAsync(IReadOnlyList<SchemaFile> files, CancellationToken cancellationToken) =>
        NameConflicts.FindAsync(connection, files, cancellationToken);

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<bool> ApplyAsync(SchemaFile file, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("""
            CREATE TABLE IF NOT EXISTS settlement_schema (
                number INT NOT NULL PRIMARY KEY, file VARBINARY(256) NOT NULL, statements INT NOT NULL, begun INT NULL,
                applied_at DATETIME(6) NULL
            ) ENGINE = InnoDB
            """).ConfigureAwait(false);
        var (done, begun, appliedAt) = await connection.QuerySingleOrDefaultAsync<(int? Statements, int? Begun, DateTime? AppliedAt)>(
            "SELECT statements, begun, applied_at FROM settlement_schema WHERE number = @Number", new { file.Number })
                .ConfigureAwait(false);
        if (appliedAt is not null)
            return false;
        if (done is null)
        {
            await connection.ExecuteAsync(
                "INSERT INTO settlement_schema (number, file, statements) VALUES (@Number, @Name, 0)", new { file.Number, file.Name })
                    .ConfigureAwait(false);
        }

        var statements = SchemaStatement.In(file);
        for (var i = done ?? 0; i < statements.Count; i++)
            await ApplyAsync(file.Number, i, statements[i], isContinued: i == begun).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "UPDATE settlement_schema SET applied_at = @now WHERE number = @Number",
            new { file.Number, now = Sql.Instant(clock.GetUtcNow()) })
            .ConfigureAwait(false);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_lock is not null)
            await NamedLock.ReleaseAsync(connection, _lock).ConfigureAwait(false);
    }

    /// <summary>Lock names are of the whole server and have at most 64 characters.</summary>
    internal static string LockName(string database) =>
        $"settlement_schema_{Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(database)))}";

    private async Task ApplyAsync(int number, int i, SchemaStatement statement, bool isContinued)
    {
        await connection.ExecuteAsync("UPDATE settlement_schema SET begun = @i WHERE number = @number", new { i, number })
            .ConfigureAwait(false);
        try
        {
            await connection.ExecuteAsync(statement.Text).ConfigureAwait(false);
        }
        catch (MySqlException e) when (
            isContinued
            && e.ErrorCode is MySqlErrorCode.TableExists or MySqlErrorCode.DuplicateKeyEntry or MySqlErrorCode.DuplicateFieldName)
        {
            // The call that was cut off had done this one, and not recorded it yet.
        }
        catch (MySqlException e) when (!MySqlErrorTranslator.IsLostConnection(e))
        {
            // Refused, and known to be not done: a table of that name is another application's, also next time.
            await connection.ExecuteAsync("UPDATE settlement_schema SET begun = NULL WHERE number = @number", new { number })
                .ConfigureAwait(false);
            throw;
        }

        await connection.ExecuteAsync(
            "UPDATE settlement_schema SET statements = @i + 1, begun = NULL WHERE number = @number", new { i, number }).ConfigureAwait(false);
    }
}
