using System.Data;
using System.Data.Common;
using MySqlConnector;
using Settlements.Routing;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Opens connections to the store's database, on one server or on a primary with replicas, and runs transactions on them. Every connection
/// uses UTC, strict mode and READ COMMITTED, whatever the server's or the user's defaults are. Thread-safe.
/// </summary>
internal sealed class MySqlDatabase : IAsyncDisposable, IDisposable
{
    /// <summary>The delay before a transaction is retried: initially 50 ms.</summary>
    public static readonly Backoff RetryDelay = Backoff.OfRetries(TimeSpan.FromMilliseconds(50));

    private readonly Retry _reads;
    private readonly Retry _writes;
    private readonly ConnectionSettings _settings;
    private readonly Servers _servers;
    private readonly ServerCheck _server;
    private readonly SchemaCheck? _schema;

    /// <param name="options">The server and time limits.</param>
    /// <param name="server">Checks each server's settings once.</param>
    /// <param name="needsSchema">Whether the store's tables are required; false for the bulk loader of the application's tables.</param>
    /// <param name="clock">The clock for the lag of replicas; null for the system clock.</param>
    /// <param name="isPortable">Whether sessions only read, with what every engine of the protocol has.</param>
    /// <param name="schema">The schema; null for that of this version. Tests of upgrades replace it.</param>
    public MySqlDatabase(MySqlStoreOptions options, ServerCheck server, bool needsSchema = true, TimeProvider? clock = null,
        bool isPortable = false, SchemaFiles? schema = null)
    {
        Options = options;
        Schema = schema ?? MySqlSchema.Files;
        _settings = ConnectionSettings.Of(options) with { IsPortable = isPortable };
        Location = _settings.Location;
        _servers = Servers.Of(_settings, options.Routing, server.Logger, clock);
        _server = server;

        // The system clock: a server recovers in real time, whatever the application's clock is.
        _writes = new Retry(options.RetriesMax, RetryDelay, TimeProvider.System);
        _reads = new Retry(Math.Min(1, options.RetriesMax), Backoff.OfRetries(TimeSpan.Zero), TimeProvider.System);
        _schema = needsSchema ? new SchemaCheck(Location, Schema) : null;
    }

    public MySqlStoreOptions Options { get; }

    /// <summary>The schema that this instance needs.</summary>
    public SchemaFiles Schema { get; }

    /// <summary>Database and server, for messages: unlike the connection string, they contain no password.</summary>
    public string Location { get; }

    /// <summary>The settings of the server, known once a connection was opened.</summary>
    public ServerCheck Server => _server;

    /// <summary>Opens a read-only connection.</summary>
    public async Task<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(_servers.OpenReaderAsync, cancellationToken).ConfigureAwait(false);
        return await RequireSchemaAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads on a read-only connection that sees everything committed. Retried once if the connection was lost: most often it was a pooled
    /// connection that the server had closed before.
    /// </summary>
    public Task<T> ReadAsync<T>(Func<MySqlConnection, Task<T>> read, CancellationToken cancellationToken) =>
        _reads.RunAsync(token => ReadAsync(_servers.OpenReaderAsync, read, token), cancellationToken);

    /// <summary>Reads within a transaction if there is one, otherwise on a read-only connection.</summary>
    public Task<T> ReadAsync<T>(
        DbTransaction? transaction, Func<MySqlConnection, MySqlTransaction?, Task<T>> read, CancellationToken cancellationToken) =>
        transaction is null
            ? ReadAsync(connection => read(connection, null), cancellationToken)
            : read((MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction);

    /// <summary>Reads many rows, from a replica that has everything committed by now, if there is one.</summary>
    public Task<T> ReadInBulkAsync<T>(Func<MySqlConnection, Task<T>> read, CancellationToken cancellationToken) =>
        ReadAsync(_servers.OpenBulkReaderAsync, read, cancellationToken);

    /// <summary>Writes in one transaction and commits it; retried after a deadlock, a lock timeout or a lost connection.</summary>
    /// <param name="write">Writes; may be called several times, each in a new transaction, so it must be idempotent.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    public Task<T> WriteAsync<T>(Func<MySqlConnection, MySqlTransaction, Task<T>> write, CancellationToken cancellationToken) =>
        WriteAsync(write, _ => true, cancellationToken);

    /// <summary>Writes in one transaction and commits it if the result satisfies a condition; retried after a transient error.</summary>
    public Task<T> WriteAsync<T>(
        Func<MySqlConnection, MySqlTransaction, Task<T>> write, Predicate<T> commits, CancellationToken cancellationToken) =>
        _writes.RunAsync(token => WriteOnceAsync(write, commits, token), cancellationToken);

    /// <summary>Writes in one transaction without a retry: for writes that can't be repeated.</summary>
    /// <exception cref="MySqlStoreException">If <see cref="MySqlStoreException.IsCommitUnknown"/>, the transaction may be committed or
    /// not.</exception>
    public async Task<T> WriteOnceAsync<T>(
        Func<MySqlConnection, MySqlTransaction, Task<T>> write, Predicate<T> commits, CancellationToken cancellationToken)
    {
        var connection = await OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await RequireSchemaAsync(connection, cancellationToken).ConfigureAwait(false);
                var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken)
                    .ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var result = await write(connection, transaction).ConfigureAwait(false);
                    if (commits(result))
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        await CommitAsync(transaction).ConfigureAwait(false);
                    }

                    return result;
                }
            }
            catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
            {
                throw MySqlErrorTranslator.Translate(e, Location, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Executes statements that begin and end their own transaction, on a connection that is not reset between its uses. Not retried.
    /// </summary>
    /// <param name="write">Executes the statements, which leave no state in the session.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    public async Task<T> WriteDirectlyAsync<T>(Func<MySqlConnection, Task<T>> write, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(_servers.OpenRetainedWriterAsync, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await RequireSchemaAsync(connection, cancellationToken).ConfigureAwait(false);
                return await write(connection).ConfigureAwait(false);
            }
            catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
            {
                throw MySqlErrorTranslator.Translate(e, Location, cancellationToken);
            }
        }
    }

    /// <summary>Opens a connection for writing without a check of the schema: for the schema itself.</summary>
    public Task<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken) =>
        OpenAsync(_servers.OpenWriterAsync, cancellationToken);

    /// <summary>Qualifies a table of the application with its database if that differs from the store's.</summary>
    public string QualifyApplicationTable(string table) =>
        _settings.ApplicationDatabase is not { } database || table.Contains('.', StringComparison.Ordinal) ? table : $"{database}.{table}";

    /// <summary>Creates the store's database if it doesn't exist.</summary>
    /// <exception cref="MySqlStoreException">The user lacks the privilege.</exception>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        var name = Sql.Name(_settings.Database);
        try
        {
            var connection = await _servers.OpenApplicationDatabaseAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var command = connection.CreateCommand();
                await using var _ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // the name is quoted
                command.CommandText = $"CREATE DATABASE IF NOT EXISTS {name}";
#pragma warning restore CA2100
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.DatabaseAccessDenied)
        {
            throw new MySqlStoreException(
                $"{Location}: the user may not open or create the database: {e.Message.TrimEnd('.')}. Have an administrator run: CREATE "
                + $"DATABASE {name}; "
                + $"GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON {name}.* TO the user.", isTransient: false, e);
        }
        catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
        {
            throw MySqlErrorTranslator.Translate(e, Location, cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _servers.DisposeAsync();

    public void Dispose() => _servers.Dispose();

    private async Task<T> ReadAsync<T>(
        Func<CancellationToken, ValueTask<MySqlConnection>> open, Func<MySqlConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(open, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await RequireSchemaAsync(connection, cancellationToken).ConfigureAwait(false);
                return await read(connection).ConfigureAwait(false);
            }
            catch (Exception e) when (MySqlErrorTranslator.IsDriverError(e))
            {
                throw MySqlErrorTranslator.Translate(e, Location, cancellationToken);
            }
        }
    }

    private async Task<MySqlConnection> OpenAsync(
        Func<CancellationToken, ValueTask<MySqlConnection>> open, CancellationToken cancellationToken)
    {
        MySqlConnection? connection = null;
        try
        {
            connection = await open(cancellationToken).ConfigureAwait(false);
            await _server.RequireAsync(connection, Location, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e)
        {
            if (connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
            if (e is RoutingException none)
                throw new MySqlStoreException($"{Location}: {none.Message}", none.IsTransient, none);
            if (MySqlErrorTranslator.IsDriverError(e))
                throw MySqlErrorTranslator.Translate(e, Location, cancellationToken);
            throw;
        }
    }

    private async Task<MySqlConnection> RequireSchemaAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            if (_schema is { IsPassed: false })
                _schema.Require(await SchemaRecord.FindVersionAsync(connection, cancellationToken).ConfigureAwait(false));
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task CommitAsync(MySqlTransaction transaction)
    {
        try
        {
            // Not cancellable: the outcome of an abandoned commit would be unknown.
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // After any error only the database shows whether the transaction was committed.
            throw MySqlStoreException.CommitUnknown(Location, e);
        }
    }
}
