using System.IO.Hashing;
using System.Text;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Applies schema files statement by statement. The server commits every CREATE implicitly, so the number of executed statements is
/// recorded after each, and the next call continues an interrupted one. The statement that was interrupted may be executed twice.
/// </summary>
internal sealed class MySqlSchemaSession(MySqlConnection connection, string location, TimeProvider clock) : ISchemaSession, IAsyncDisposable
{
    private static readonly TimeSpan LockWait = TimeSpan.FromMinutes(1);

    private string? _lock;

    public Task<int> FindVersionAsync(CancellationToken cancellationToken) => SchemaRecord.FindVersionAsync(connection, cancellationToken);

    /// <summary>Allows one instance at a time; the lock is released when the connection ends.</summary>
    public async Task LockAsync(CancellationToken cancellationToken)
    {
        var name = LockName(connection.Database);
        if (!await NamedLock.TryAcquireAsync(connection, name, LockWait, location, cancellationToken).ConfigureAwait(false))
        {
            var holder = await NamedLock.HolderAsync(connection, name, cancellationToken).ConfigureAwait(false);
            throw new MySqlStoreException(
                $"{location}: another instance ({holder}) has been applying the schema for over a minute. Wait for its end, and retry.",
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

    /// <summary>Lock names are global to the server, and limited to 64 characters.</summary>
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
        catch (MySqlException e) when (isContinued && IsRepeated(e.ErrorCode))
        {
            // The interrupted call had executed this statement, but not recorded it.
        }
        catch (MySqlException e) when (!MySqlErrorTranslator.IsLostConnection(e))
        {
            // The statement failed and had no effect, so that a table of that name is known to belong to another application, also at the
            // next call.
            await connection.ExecuteAsync("UPDATE settlement_schema SET begun = NULL WHERE number = @number", new { number })
                .ConfigureAwait(false);
            throw;
        }

        await connection.ExecuteAsync(
            "UPDATE settlement_schema SET statements = @i + 1, begun = NULL WHERE number = @number", new { i, number })
                .ConfigureAwait(false);
    }

    /// <summary>Whether the error says that the statement was executed before: it created or dropped a table, column or index.</summary>
    private static bool IsRepeated(MySqlErrorCode error) => error
        is MySqlErrorCode.TableExists or MySqlErrorCode.DuplicateKeyEntry or MySqlErrorCode.DuplicateFieldName
        or MySqlErrorCode.DuplicateKeyName or MySqlErrorCode.CannotDropFieldOrKey or MySqlErrorCode.BadTable;
}
