using System.Data.Common;
using Microsoft.Data.Sqlite;
using Settlements.Routing;

namespace Settlements.Sqlite;

/// <summary>
/// A <see cref="MultiHostDataSource"/> over one SQLite file instead of several servers, for development, tests and small installations.
/// Code written for several servers runs unchanged, and a write on a reading connection is an error here too. Thread-safe; create one per
/// application.
/// </summary>
/// <remarks>
/// The file is the primary, and there are no replicas. Every read sees everything committed before it, so every
/// <see cref="ReadConsistency"/> is satisfied, and tokens are <see cref="CausalToken.None"/>. Reading connections are opened with
/// <c>Mode=ReadOnly</c>: a write on one fails with SQLite's error 8, and a transaction on one takes no lock that blocks a writer. A
/// statement waits for locks up to the connection string's <c>Default Timeout</c>, in seconds; the driver's default is 30. The driver's
/// asynchronous methods run synchronously.
/// </remarks>
public sealed class SqliteMultiHostDataSource : MultiHostDataSource
{
    private readonly SqliteFileServer _file;

    /// <summary>Creates a data source. The file is opened by <see cref="StartAsync"/>, or with the first connection.</summary>
    /// <param name="connectionString">
    /// An ADO.NET connection string whose <c>Data Source</c> is a file: <c>Data Source=shop.db</c>. A missing file is created, unless the
    /// string has <c>Mode=ReadWrite</c>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The string can't be parsed; names no file, an in-memory database or a URI; or has <c>Cache=Shared</c> or <c>Mode=ReadOnly</c>.
    /// </exception>
    public SqliteMultiHostDataSource(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var errors = ConnectionStringCheck.Validate(connectionString).ToList();
        if (errors.Count > 0)
            throw new ArgumentException(string.Join(' ', errors), nameof(connectionString));
        _file = new SqliteFileServer(new SqliteConnectionStringBuilder(connectionString));
        Primary = new SqliteAccessDataSource(this, DatabaseAccess.Write);
        Replicas = new SqliteAccessDataSource(this, DatabaseAccess.Read);
    }

    /// <inheritdoc/>
    public override DbDataSource Primary { get; }

    /// <inheritdoc/>
    public override DbDataSource Replicas { get; }

    /// <summary>The file, as the primary. Its name is the <c>Data Source</c> of the connection string.</summary>
    public override IReadOnlyList<ServerStatus> Servers => [_file.Status];

    /// <summary>The connection string without the password.</summary>
    public override string ConnectionString => _file.DisplayConnectionString;

    /// <summary>
    /// Opens the file for writing, creates it if it is missing, and checks that it is a database. Otherwise the first open does so.
    /// </summary>
    /// <param name="cancellationToken">Checked before the file is opened.</param>
    /// <returns>A task that completes when the file is known to be a writable database.</returns>
    /// <exception cref="RoutingException">The file can't be opened, is no database, or can't be written.</exception>
    public override Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        try
        {
            _file.Start();
            return Task.CompletedTask;
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }

    /// <inheritdoc cref="MultiHostDataSource.OpenConnectionAsync(DatabaseAccess, ReadConsistency, CancellationToken)"/>
    public new ValueTask<SqliteConnection> OpenConnectionAsync(
        DatabaseAccess access, ReadConsistency consistency = default, CancellationToken cancellationToken = default) =>
        _file.OpenAsync(access, cancellationToken);

    /// <summary>
    /// Acquires this process's writer lock of the file. Writers that hold or wait for the lock precede the next transaction of a close.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>
    /// The held lock. Begin a transaction, commit it, and dispose the lock: no other writer of this process that uses it writes meanwhile.
    /// </returns>
    /// <remarks>
    /// Without the lock, a transaction is correct but may starve during a close: SQLite retries at intervals, and the close begins its next
    /// transaction immediately.
    /// </remarks>
    /// <exception cref="DatabaseBusyException">The lock was not acquired within the connection string's <c>Default Timeout</c>.</exception>
    public async ValueTask<IDisposable> AcquireWriterLockAsync(CancellationToken cancellationToken = default) =>
        await _file.AcquireWriterLockAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Commits a transaction.</summary>
    /// <param name="transaction">A transaction on a connection of this data source. It is completed, and still has to be disposed.</param>
    /// <param name="cancellationToken">Checked before the commit, and not afterwards.</param>
    /// <returns><see cref="CausalToken.None"/>: every read of the file sees the transaction.</returns>
    public override async Task<CausalToken> CommitAsync(DbTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return CausalToken.None;
    }

    /// <inheritdoc/>
    public override Task<CausalToken> ReadTokenAsync(DbConnection connection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Task.FromResult(CausalToken.None);
    }

    /// <inheritdoc/>
    public override Task<CausalToken> ReadPositionAsync(CancellationToken cancellationToken = default) => Task.FromResult(CausalToken.None);

    /// <summary>Creates a connection that the caller opens.</summary>
    internal SqliteConnection Create(DatabaseAccess access)
    {
        _file.Start();
        return _file.Create(access);
    }

    internal SqliteConnection Open(DatabaseAccess access) => _file.Open(access);

    /// <inheritdoc/>
    protected internal override async ValueTask<DbConnection> OpenAsync(
        DatabaseAccess access, ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken)
    {
        var connection = await _file.OpenAsync(access, cancellationToken).ConfigureAwait(false);
        affinity?.TryMove(null, _file.Name);
        return connection;
    }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => Create(DatabaseAccess.Write);

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => Open(DatabaseAccess.Write);

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await _file.OpenAsync(DatabaseAccess.Write, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore()
    {
        _file.Dispose();
        return base.DisposeAsyncCore();
    }
}
