using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Settlement.Routing;

namespace Settlement.MySql.Routing;

/// <summary>
/// One database on a MySQL or MariaDB primary and its replicas. Who asks says what for and how fresh; what comes back is a
/// <see cref="MySqlConnection"/> of the right host. Thread-safe; one for an application.
/// </summary>
public sealed class MySqlMultiHostDataSource : MultiHostDataSource
{
    private readonly MySqlMultiHostOptions _options;
    private readonly RoutedHost[] _hosts;
    private readonly HostMonitor _monitor;
    private readonly RouteChooser _chooser;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _starting = new(1, 1);
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
        var faults = options.Faults().ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        _options = options;
        _clock = clock ?? TimeProvider.System;
        logs ??= NullLoggerFactory.Instance;
        _hosts = [.. options.AllHosts().Select((address, i) => new RoutedHost(i, address, options, logs))];
        _monitor = new HostMonitor(_hosts, options.Routing, _clock, new RoutingLog(logs.CreateLogger("Settlement.Routing")));
        _chooser = new RouteChooser(options.Routing, _clock);
        Primary = new RoutedView(this, Access.Write, default);
        Replicas = new RoutedView(this, Access.Read, ReadConsistency.Eventual);
        RoutingTelemetry.Watch(this);
    }

    /// <inheritdoc/>
    public override DbDataSource Primary { get; }

    /// <inheritdoc/>
    public override DbDataSource Replicas { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<HostStatus> Hosts => [.. _monitor.Topology.Hosts.Select(Status)];

    /// <summary>The hosts and settings, without the password.</summary>
    public override string ConnectionString => new MySqlConnectionStringBuilder(_options.ConnectionString)
    {
        Server = string.Join(',', _hosts.Select(host => host.Name)),
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
            if (_isStarted)
                return;
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            await _monitor.StartAsync(cancellationToken).ConfigureAwait(false);
            _isStarted = true; // watched from here on, also where the check fails: what is wrong now may be mended
            StartCheck.Require(_monitor.Topology);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <inheritdoc cref="MultiHostDataSource.OpenConnectionAsync(Access, ReadConsistency, CancellationToken)"/>
    public new ValueTask<MySqlConnection> OpenConnectionAsync(
        Access access, ReadConsistency consistency = default, CancellationToken cancellationToken = default) =>
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
        var connection = await OpenAtAsync(Access.Read, ReadConsistency.Primary, affinity: null, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return await Tokens.ReadPositionAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<DbConnection> OpenAsync(
        Access access, ReadConsistency consistency, HostAffinity? affinity, CancellationToken cancellationToken) =>
        await OpenAtAsync(access, consistency, affinity, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => Create(Access.Write, default);

    /// <summary>A connection that its user opens. The host is chosen now, without trying another when it fails to open.</summary>
    internal MySqlConnection Create(Access access, in ReadConsistency consistency)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_isStarted)
            Task.Run(() => StartAsync()).GetAwaiter().GetResult(); // once, and only where nobody started it
        var route = _chooser.Choose(_monitor.Topology, access, consistency, affinity: null, tried: 0, waits: false);
        if (route.Host is null)
            throw NoHost(access, consistency, failure: null);
        RoutingTelemetry.Routed(route);
        return route.Host.Create(access);
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
            _starting.Dispose();
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<MySqlConnection> OpenAtAsync(
        Access access, ReadConsistency consistency, HostAffinity? affinity, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_isStarted)
            await StartAsync(cancellationToken).ConfigureAwait(false);
        var tried = 0UL;
        var waits = true;
        Exception? failure = null;
        while (true)
        {
            var route = _chooser.Choose(_monitor.Topology, access, consistency, affinity, tried, waits);
            if (route.Host is not { } host)
                throw NoHost(access, consistency, failure);
            var connection = host.Create(access);
            try
            {
                var opened = route.Reason == RouteReason.Waited
                    ? await OpenAndWaitAsync(connection, host, consistency.Token!, cancellationToken).ConfigureAwait(false)
                    : await OpenUnlessSilentAsync(connection, host, access, cancellationToken).ConfigureAwait(false);
                if (opened == Opened.Yes)
                {
                    RoutingTelemetry.Routed(route);
                    return connection;
                }

                waits &= opened != Opened.WithoutToken;
                tried |= opened == Opened.GivenUp ? 1UL << host.Index : 0;
                if (opened == Opened.GivenUp)
                    continue; // it is ended when the network lets it
            }
            catch (Exception e) when (OpenFailure.IsAway(e) && !cancellationToken.IsCancellationRequested)
            {
                _monitor.ReportDown(host, e);
                tried |= 1UL << host.Index;
                failure = e;
            }
            catch (Exception e) when (OpenFailure.IsBusy(e) && access == Access.Read && !cancellationToken.IsCancellationRequested)
            {
                tried |= 1UL << host.Index;
                failure = e;
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Opens, unless the host falls silent meanwhile: then the opening is left to itself, and ended when it ends.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Opened> OpenUnlessSilentAsync(MySqlConnection connection, RoutedHost host, Access access, CancellationToken cancellationToken)
    {
        var opening = connection.OpenAsync(cancellationToken);
        if (!await host.Openings(access).WaitAsync(opening).ConfigureAwait(false))
        {
            _ = EndLaterAsync(opening, connection);
            return Opened.GivenUp;
        }

        await opening.ConfigureAwait(false);
        return Opened.Yes;
    }

    private static async Task EndLaterAsync(Task opening, MySqlConnection connection)
    {
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Opened> OpenAndWaitAsync(MySqlConnection connection, RoutedHost host, CausalToken token, CancellationToken cancellationToken)
    {
        var began = _clock.GetTimestamp();
        var wait = new TokenWait(token, _options.Routing.TokenWaitMax);
        TokenWait.Current = wait;
        Opened opened;
        try
        {
            opened = await OpenUnlessSilentAsync(connection, host, Access.Read, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            TokenWait.Current = null;
        }

        if (opened == Opened.Yes && !wait.IsReached)
            opened = Opened.WithoutToken;
        if (RoutingTelemetry.Waits.Enabled)
            RoutingTelemetry.Waits.Record(_clock.GetElapsedTime(began).TotalSeconds, new TagList { { "host", host.Name }, { "reached", opened == Opened.Yes } });
        return opened;
    }

    private enum Opened
    {
        Yes,

        /// <summary>The replica had not the token in time.</summary>
        WithoutToken,

        /// <summary>The host fell silent.</summary>
        GivenUp,
    }

    private RoutingException NoHost(Access access, in ReadConsistency consistency, Exception? failure)
    {
        RoutingTelemetry.Failures.Add(1, new KeyValuePair<string, object?>("access", access == Access.Write ? "write" : "read"));
        return NoHostMessage.Of(_monitor.Topology, Hosts, access, consistency, _options.Routing.Fallback, failure);
    }

    private HostStatus Status(HostView view)
    {
        var lag = view is { Role: HostRole.Replica, FreshAsOf: { } since } ? _clock.GetElapsedTime(since) : (TimeSpan?)null;
        var isLagging = view is { State: HostState.Up, Role: HostRole.Replica } && (!view.IsFollowing || lag is null || lag > _options.Routing.ReplicaLagMax);
        return new HostStatus(
            view.Host.Name, view.Role, isLagging ? HostState.Lagging : view.State, lag, view.Host.InFlight, view.Host.Weight, view.Position,
            view.Facts?.Version, view.Detail);
    }
}
