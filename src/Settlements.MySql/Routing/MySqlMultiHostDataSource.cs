using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// One database on a MySQL or MariaDB primary and its replicas. The caller states access mode and freshness, and gets a
/// <see cref="MySqlConnection"/> to a server that satisfies them. Thread-safe; use one instance per application.
/// </summary>
/// <example>
/// <code>
/// services.AddMySqlMultiHostDataSource("Server=db1,db2,db3;Database=shop;User ID=shop;Password=…");
/// var servers = provider.GetRequiredService&lt;MySqlMultiHostDataSource&gt;();
///
/// // To a replica that is at most 5 s behind; for writes use DatabaseAccess.Write.
/// await using var connection = await servers.OpenConnectionAsync(
///     DatabaseAccess.Read, ReadConsistency.AtMostStale(TimeSpan.FromSeconds(5)));
/// </code>
/// </example>
public sealed class MySqlMultiHostDataSource : MultiHostDataSource
{
    private readonly MySqlMultiHostOptions _options;
    private readonly RoutedServer[] _servers;
    private readonly ServerMonitor _monitor;
    private readonly ServerConnector _connector;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _starting = new(1, 1);
    private bool _isWatched;
    private volatile bool _isStarted;
    private bool _isDisposed;

    /// <summary>Creates a data source. It connects when the first connection is opened, or in <see cref="StartAsync"/>.</summary>
    /// <param name="options">The servers, and how they are monitored and chosen.</param>
    /// <param name="logs">Logs changes of servers' states and roles; null for no logging.</param>
    /// <param name="clock">The clock for lag and periods; null for the system clock.</param>
    /// <exception cref="ArgumentException">The options are invalid; the message lists all validation errors.</exception>
    public MySqlMultiHostDataSource(MySqlMultiHostOptions options, ILoggerFactory? logs = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = options.Validate().ToList();
        if (errors.Count > 0)
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        _options = options;
        _clock = clock ?? TimeProvider.System;
        logs ??= NullLoggerFactory.Instance;
        _servers = [.. options.AllServers().Select((address, i) => new RoutedServer(i, address, options, logs))];
        _monitor = new ServerMonitor(_servers, options.Routing, _clock, new RoutingLog(logs.CreateLogger("Settlements.Routing")));
        _connector = new ServerConnector(_monitor, options.Routing, _clock);
        Primary = new RoutedView(this, DatabaseAccess.Write, default);
        Replicas = new RoutedView(this, DatabaseAccess.Read, ReadConsistency.Eventual);
        RoutingTelemetry.Watch(this);
    }

    /// <inheritdoc/>
    public override DbDataSource Primary { get; }

    /// <inheritdoc/>
    public override DbDataSource Replicas { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ServerStatus> Servers => _monitor.Topology.Describe(_options.Routing, _clock);

    /// <summary>The options, including the password.</summary>
    internal MySqlMultiHostOptions Settings => _options;

    /// <summary>The servers' names, separated by commas, for messages.</summary>
    internal string Names => string.Join(',', _servers.Select(server => server.Name));

    /// <summary>The servers and settings, without the password.</summary>
    public override string ConnectionString => new MySqlConnectionStringBuilder(_options.ConnectionString)
    {
        Server = Names,
        Password = "",
    }.ConnectionString;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_isStarted)
            return;
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_isWatched)
                await _monitor.StartAsync(cancellationToken).ConfigureAwait(false);
            _isWatched = true; // also when the check fails: the problem may be fixed later
            StartCheck.Require(_monitor.Topology);
            _isStarted = true;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <inheritdoc cref="MultiHostDataSource.OpenConnectionAsync(DatabaseAccess, ReadConsistency, CancellationToken)"/>
    public new ValueTask<MySqlConnection> OpenConnectionAsync(
        DatabaseAccess access, ReadConsistency consistency = default, CancellationToken cancellationToken = default) =>
        OpenAtAsync(access, consistency, affinity: null, cancellationToken);

    /// <inheritdoc/>
    public override Task<CausalToken> CommitAsync(DbTransaction transaction, CancellationToken cancellationToken = default) =>
        Tokens.CommitAsync(transaction, cancellationToken);

    /// <inheritdoc/>
    public override Task<CausalToken> ReadTokenAsync(DbConnection connection, CancellationToken cancellationToken = default) =>
        Tokens.ReadLastAsync(connection, cancellationToken);

    /// <inheritdoc/>
    public override async Task<CausalToken> ReadPositionAsync(CancellationToken cancellationToken = default)
    {
        var connection = await OpenAtAsync(DatabaseAccess.Read, ReadConsistency.Primary, affinity: null, cancellationToken)
            .ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return await Tokens.ReadPositionAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected internal override async ValueTask<DbConnection> OpenAsync(
        DatabaseAccess access, ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken) =>
        await OpenAtAsync(access, consistency, affinity, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => Create(DatabaseAccess.Write, default);

    /// <summary>Creates pools with other settings over the same servers.</summary>
    /// <param name="settings">The connection settings, without servers.</param>
    /// <param name="session">The statements that initialize a new connection, by access.</param>
    /// <param name="routing">How a server is chosen; this router's probes are shared.</param>
    internal SharedRoutes Share(
        MySqlConnectionStringBuilder settings, Func<MySqlConnection, DatabaseAccess, string> session, RoutingOptions routing) =>
        new(this, _servers, _monitor, settings, session, routing, _clock);

    /// <summary>
    /// Creates a connection that the caller opens. Its server is chosen now; if it fails to open, no other server is tried.
    /// </summary>
    internal MySqlConnection Create(DatabaseAccess access, in ReadConsistency consistency)
    {
        RequireStarted();
        return _connector.Create(access, consistency);
    }

    /// <summary>Opens a connection synchronously.</summary>
    internal MySqlConnection Open(DatabaseAccess access, in ReadConsistency consistency)
    {
        RequireStarted();
        return _connector.Open(access, consistency);
    }

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            RoutingTelemetry.Unwatch(this);
            await _monitor.DisposeAsync().ConfigureAwait(false);
            foreach (var server in _servers)
                await server.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsyncCore().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
            Task.Run(async () => await DisposeAsyncCore().ConfigureAwait(false)).GetAwaiter().GetResult();
        base.Dispose(disposing);
    }

    private ValueTask<MySqlConnection> OpenAtAsync(
        DatabaseAccess access, in ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _isStarted
            ? _connector.OpenAsync(access, consistency, affinity, cancellationToken)
            : StartAndOpenAsync(access, consistency, affinity, cancellationToken);
    }

    private async ValueTask<MySqlConnection> StartAndOpenAsync(
        DatabaseAccess access, ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        return await _connector.OpenAsync(access, consistency, affinity, cancellationToken).ConfigureAwait(false);
    }

    private void RequireStarted()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_isStarted)
            Task.Run(() => StartAsync()).GetAwaiter().GetResult(); // blocks once, and only if StartAsync was not called
    }
}
