using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// One database on a MySQL or MariaDB primary and its replicas. Who asks says what for and how fresh; what comes back is a
/// <see cref="MySqlConnection"/> of the right host. Thread-safe; one for an application.
/// </summary>
/// <example>
/// <code>
/// services.AddMySqlMultiHostDataSource("Server=db1,db2,db3;Database=shop;User ID=shop;Password=…");
/// var hosts = provider.GetRequiredService&lt;MySqlMultiHostDataSource&gt;();
///
/// // At a replica that is at most 5 s behind; for a write: DatabaseAccess.Write.
/// await using var connection = await hosts.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.AtMostStale(TimeSpan.FromSeconds(5)));
/// </code>
/// </example>
public sealed class MySqlMultiHostDataSource : MultiHostDataSource
{
    private readonly MySqlMultiHostOptions _options;
    private readonly RoutedServer[] _hosts;
    private readonly ServerMonitor _monitor;
    private readonly ServerConnector _opener;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _starting = new(1, 1);
    private bool _isWatched;
    private volatile bool _isStarted;
    private bool _isDisposed;

    /// <summary>Connects to nobody yet: the first open, or <see cref="StartAsync"/>, does.</summary>
    /// <param name="options">The hosts, and how they are watched and chosen.</param>
    /// <param name="logs">Where it tells of hosts that come and go; null for nowhere.</param>
    /// <param name="clock">For lag and periods; null for the system's.</param>
    /// <exception cref="ArgumentException">The options have faults; all are said.</exception>
    public MySqlMultiHostDataSource(MySqlMultiHostOptions options, ILoggerFactory? logs = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.Validate().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        _options = options;
        _clock = clock ?? TimeProvider.System;
        logs ??= NullLoggerFactory.Instance;
        _hosts = [.. options.AllHosts().Select((address, i) => new RoutedServer(i, address, options, logs))];
        _monitor = new ServerMonitor(_hosts, options.Routing, _clock, new RoutingLog(logs.CreateLogger("Settlements.Routing")));
        _opener = new ServerConnector(_monitor, options.Routing, _clock);
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

    /// <summary>With the password.</summary>
    internal MySqlMultiHostOptions Settings => _options;

    /// <summary>The hosts, as messages name them.</summary>
    internal string Names => string.Join(',', _hosts.Select(host => host.Name));

    /// <summary>The hosts and settings, without the password.</summary>
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
            _isWatched = true; // also where the check fails: what is wrong now may be mended
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
        var connection = await OpenAtAsync(DatabaseAccess.Read, ReadConsistency.Primary, affinity: null, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Connections with settings of their own over the same hosts.</summary>
    /// <param name="settings">All but the hosts.</param>
    /// <param name="session">What every new connection begins with, by what it is for.</param>
    /// <param name="routing">How a host is chosen; probes are this router's.</param>
    internal SharedRoutes Share(MySqlConnectionStringBuilder settings, Func<MySqlConnection, DatabaseAccess, string> session, RoutingOptions routing) =>
        new(this, _hosts, _monitor, settings, session, routing, _clock);

    /// <summary>A connection that its user opens. The host is chosen now, without trying another when it fails to open.</summary>
    internal MySqlConnection Create(DatabaseAccess access, in ReadConsistency consistency)
    {
        RequireStarted();
        return _opener.Create(access, consistency);
    }

    /// <summary>A connection, opened while its caller is blocked.</summary>
    internal MySqlConnection Open(DatabaseAccess access, in ReadConsistency consistency)
    {
        RequireStarted();
        return _opener.Open(access, consistency);
    }

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            RoutingTelemetry.Forget(this);
            await _monitor.DisposeAsync().ConfigureAwait(false);
            foreach (var host in _hosts)
                await host.DisposeAsync().ConfigureAwait(false);
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

    private ValueTask<MySqlConnection> OpenAtAsync(DatabaseAccess access, in ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _isStarted
            ? _opener.OpenAsync(access, consistency, affinity, cancellationToken)
            : StartAndOpenAsync(access, consistency, affinity, cancellationToken);
    }

    private async ValueTask<MySqlConnection> StartAndOpenAsync(
        DatabaseAccess access, ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        return await _opener.OpenAsync(access, consistency, affinity, cancellationToken).ConfigureAwait(false);
    }

    private void RequireStarted()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_isStarted)
            Task.Run(() => StartAsync()).GetAwaiter().GetResult(); // once, and only where nobody started it
    }
}
