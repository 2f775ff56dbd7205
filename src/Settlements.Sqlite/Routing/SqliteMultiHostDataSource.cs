using System.Data.Common;
using Microsoft.Data.Sqlite;
using Settlements.Routing;

namespace Settlements.Sqlite;

/// <summary>
/// One SQLite file in the place of several hosts, for development, tests and small installations: code that says what its connections are for
/// runs on it as it is, and a stray write on a reading connection is an error here too. Thread-safe; one for an application.
/// </summary>
/// <remarks>
/// The file is the primary, and there is no replica. Every read sees all that was committed before it, so each <see cref="ReadConsistency"/> is
/// kept, and tokens are <see cref="CausalToken.None"/>. Reading connections are opened with <c>Mode=ReadOnly</c>: a write on one is SQLite's
/// error 8, and a transaction on one takes no lock that a writer waits for. How long a statement waits for another's lock is the connection
/// string's <c>Default Timeout</c>, in seconds; the driver's default is 30. The driver does its work in the call, also in asynchronous ones.
/// </remarks>
public sealed class SqliteMultiHostDataSource : MultiHostDataSource
{
    private readonly SqliteFileServer _host;

    /// <summary>Opens nothing yet: the first open, or <see cref="StartAsync"/>, does.</summary>
    /// <param name="connectionString">
    /// An ADO.NET connection string whose <c>Data Source</c> is a file: <c>Data Source=shop.db</c>. The file is made when it isn't there, unless
    /// the string says <c>Mode=ReadWrite</c>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The string can't be read, names no file, a database in memory or a URI, or says <c>Cache=Shared</c> or <c>Mode=ReadOnly</c>.
    /// </exception>
    public SqliteMultiHostDataSource(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var faults = ConnectionStringCheck.Validate(connectionString).ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(connectionString));
        _host = new SqliteFileServer(new SqliteConnectionStringBuilder(connectionString));
        Primary = new SqliteFileView(this, DatabaseAccess.Write);
        Replicas = new SqliteFileView(this, DatabaseAccess.Read);
    }

    /// <inheritdoc/>
    public override DbDataSource Primary { get; }

    /// <inheritdoc/>
    public override DbDataSource Replicas { get; }

    /// <summary>The file, as a primary; its name is the <c>Data Source</c> as it was given.</summary>
    public override IReadOnlyList<ServerStatus> Servers => [_host.Status];

    /// <summary>The settings, without the password.</summary>
    public override string ConnectionString => _host.ShownConnectionString;

    /// <summary>Opens the file for writing, looks into it, and makes it when it isn't there. Otherwise the first open does it.</summary>
    /// <param name="cancellationToken">Stops before it begins.</param>
    /// <returns>When the file was found to be a database that can be written.</returns>
    /// <exception cref="RoutingException">It can't be opened, is no database, or can't be written.</exception>
    public override Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        try
        {
            _host.Start();
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
        _host.OpenAsync(access, cancellationToken);

    /// <summary>
    /// Waits for this process's turn to write to the file. A close under way lets whoever waits here go first; without it, a transaction of yours
    /// waits in SQLite's own way, by looking again and again, while the close's next transaction is there at once.
    /// </summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The turn. Begin the transaction, commit it, and dispose of the turn: nobody else of this process writes meanwhile.</returns>
    /// <exception cref="DatabaseBusyException">Somebody of this process kept its turn for longer than the connection string's <c>Default Timeout</c>.</exception>
    public async ValueTask<IDisposable> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
        await _host.WaitToWriteAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Commits.</summary>
    /// <param name="transaction">A transaction of a connection from here. It is over then; dispose of it as ever.</param>
    /// <param name="cancellationToken">Stops before the commit, and not after.</param>
    /// <returns><see cref="CausalToken.None"/>: the file has it, so nobody has to wait for it.</returns>
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

    /// <summary>A connection that its user opens.</summary>
    internal SqliteConnection Create(DatabaseAccess access)
    {
        _host.Start();
        return _host.Create(access);
    }

    internal SqliteConnection Open(DatabaseAccess access) => _host.Open(access);

    /// <inheritdoc/>
    protected internal override async ValueTask<DbConnection> OpenAsync(
        DatabaseAccess access, ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken)
    {
        var connection = await _host.OpenAsync(access, cancellationToken).ConfigureAwait(false);
        affinity?.TryMove(null, _host.Name);
        return connection;
    }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => Create(DatabaseAccess.Write);

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => Open(DatabaseAccess.Write);

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await _host.OpenAsync(DatabaseAccess.Write, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _host.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore()
    {
        _host.Dispose();
        return base.DisposeAsyncCore();
    }
}
