using System.Data;
using System.Data.Common;
using MySqlConnector;
using Settlements.Routing;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// The database, on one server or on a primary with replicas: connections that write and ones that can't. Every connection has UTC, strict mode and READ COMMITTED, whatever the
/// server's or the user's defaults are. Thread-safe.
/// </summary>
internal sealed class MySqlDatabase : IAsyncDisposable, IDisposable
{
    /// <summary>The waits before a transaction is retried: 50 ms at first.</summary>
    public static readonly Backoff RetryDelay = Backoff.OfRetries(TimeSpan.FromMilliseconds(50));

    private readonly Retry _reads;
    private readonly Retry _writes;
    private readonly ConnectionSettings _settings;
    private readonly Servers _servers;
    private readonly ServerCheck _server;
    private readonly SchemaCheck? _schema;

    /// <param name="options">The server, and waits.</param>
    /// <param name="server">Looks at it once.</param>
    /// <param name="needsSchema">Whether our own tables are needed; the bulk loader of a host's tables needs none.</param>
    /// <param name="clock">For the lag of replicas; null for the system's.</param>
    public MySqlDatabase(MySqlStoreOptions options, ServerCheck server, bool needsSchema = true, TimeProvider? clock = null)
    {
        Options = options;
        _settings = ConnectionSettings.Of(options);
        Place = _settings.Place;
        _servers = Servers.Of(_settings, options.Routing, server.Logger, clock);
        _server = server;

        // By the system's clock: a server recovers in its own time, whatever the application's clock is.
        _writes = new Retry(options.RetriesMax, RetryDelay, TimeProvider.System);
        _reads = new Retry(Math.Min(1, options.RetriesMax), Backoff.OfRetries(TimeSpan.Zero), TimeProvider.System);
        _schema = needsSchema ? new SchemaCheck(Place, MySqlSchema.Files) : null;
    }

    public MySqlStoreOptions Options { get; }

    /// <summary>For messages: the connection string may hold a password, database and server do not.</summary>
    public string Place { get; }

    /// <summary>What the server allows; known once a connection was opened.</summary>
    public ServerCheck Server => _server;

    /// <summary>A connection that can't write.</summary>
    public async Task<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(_servers.OpenReaderAsync, cancellationToken).ConfigureAwait(false);
        return await RequireSchemaAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads something with a connection that can't write, and sees everything that is committed. Once more where the connection was lost: most often it
    /// was one of the pool that had ended before.
    /// </summary>
    public Task<T> ReadAsync<T>(Func<MySqlConnection, Task<T>> read, CancellationToken cancellationToken) =>
        _reads.RunAsync(token => ReadAsync(_servers.OpenReaderAsync, read, token), cancellationToken);

    /// <summary>Reads within a transaction where there is one, else like the others.</summary>
    public Task<T> ReadAsync<T>(
        DbTransaction? transaction, Func<MySqlConnection, MySqlTransaction?, Task<T>> read, CancellationToken cancellationToken) =>
        transaction is null
            ? ReadAsync(connection => read(connection, null), cancellationToken)
            : read((MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction);

    /// <summary>The same for much reading: from a replica that has what is committed by now, where there is one.</summary>
    public Task<T> ReadInBulkAsync<T>(Func<MySqlConnection, Task<T>> read, CancellationToken cancellationToken) =>
        ReadAsync(_servers.OpenBulkReaderAsync, read, cancellationToken);

    /// <summary>Does some writing in one transaction, and commits; does it again after a deadlock, a lock timeout or a lost connection.</summary>
    /// <param name="write">May be called several times, each in a transaction of its own; doing it twice must be as doing it once.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    public Task<T> WriteAsync<T>(Func<MySqlConnection, MySqlTransaction, Task<T>> write, CancellationToken cancellationToken) =>
        WriteAsync(write, _ => true, cancellationToken);

    /// <summary>The same, committing only when the result says so.</summary>
    public Task<T> WriteAsync<T>(
        Func<MySqlConnection, MySqlTransaction, Task<T>> write, Predicate<T> commits, CancellationToken cancellationToken) =>
        _writes.RunAsync(token => WriteOnceAsync(write, commits, token), cancellationToken);

    /// <summary>The same, once: for what can't be repeated.</summary>
    /// <exception cref="MySqlStoreException">Where it is <see cref="MySqlStoreException.IsCommitUnknown"/>, it may be committed or not.</exception>
    public async Task<T> WriteOnceAsync<T>(
        Func<MySqlConnection, MySqlTransaction, Task<T>> write, Predicate<T> commits, CancellationToken cancellationToken)
    {
        var connection = await OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await RequireSchemaAsync(connection, cancellationToken).ConfigureAwait(false);
                var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
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
            catch (Exception e) when (MySqlErrorTranslator.IsOfDriver(e))
            {
                throw MySqlErrorTranslator.Translate(e, Place, cancellationToken);
            }
        }
    }

    /// <summary>A connection that may write, without a look at the schema: for the schema itself.</summary>
    public Task<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken) => OpenAsync(_servers.OpenWriterAsync, cancellationToken);

    /// <summary>A table of the application as a statement of ours names it: with its database, where that is another one than ours.</summary>
    public string OfApplication(string table) =>
        _settings.ApplicationDatabase is not { } database || table.Contains('.', StringComparison.Ordinal) ? table : $"{database}.{table}";

    /// <summary>Creates the store's own database, where it is missing.</summary>
    /// <exception cref="MySqlStoreException">This user may not.</exception>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        var name = Sql.Name(_settings.Database);
        try
        {
            var connection = await _servers.OpenBesideAsync(cancellationToken).ConfigureAwait(false);
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
                $"{Place}: the database can't be opened or created by this user: {e.Message.TrimEnd('.')}. Have an administrator do it: CREATE DATABASE {name}; "
                + $"GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON {name}.* TO the user.", isTransient: false, e);
        }
        catch (Exception e) when (MySqlErrorTranslator.IsOfDriver(e))
        {
            throw MySqlErrorTranslator.Translate(e, Place, cancellationToken);
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
            catch (Exception e) when (MySqlErrorTranslator.IsOfDriver(e))
            {
                throw MySqlErrorTranslator.Translate(e, Place, cancellationToken);
            }
        }
    }

    private async Task<MySqlConnection> OpenAsync(Func<CancellationToken, ValueTask<MySqlConnection>> open, CancellationToken cancellationToken)
    {
        MySqlConnection? connection = null;
        try
        {
            connection = await open(cancellationToken).ConfigureAwait(false);
            await _server.RequireAsync(connection, Place, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e)
        {
            if (connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
            if (e is RoutingException none)
                throw new MySqlStoreException($"{Place}: {none.Message}", none.IsTransient, none);
            if (MySqlErrorTranslator.IsOfDriver(e))
                throw MySqlErrorTranslator.Translate(e, Place, cancellationToken);
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
            // Not cancellable: a commit under way is waited for, since nobody knows what became of one that is given up.
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it is: that the server has not committed is known only from the database.
            throw MySqlStoreException.CommitUnknown(Place, e);
        }
    }
}
