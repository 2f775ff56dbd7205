using System.Collections.Concurrent;
using System.Net.Sockets;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Probes all servers in the background and publishes the topology snapshot that requests read. Thread-safe.</summary>
internal sealed class ServerMonitor : IAsyncDisposable
{
    private readonly RoutingOptions _options;
    private readonly TimeProvider _clock;
    private readonly RoutingLog _log;
    private readonly ServerHealth[] _health;
    private readonly ServerProbe[] _probes;
    private readonly WakeableDelay[] _delays;
    private readonly PrimaryHistory _history = new();
    private readonly ConcurrentDictionary<string, bool> _replicationHidden = new(StringComparer.Ordinal); // servers already logged
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;
    private volatile Topology _topology;

    public ServerMonitor(IReadOnlyList<RoutedServer> servers, RoutingOptions options, TimeProvider clock, RoutingLog log)
    {
        (_options, _clock, _log) = (options, clock, log);
        _health = [.. servers.Select(server => new ServerHealth(server))];
        _probes = [.. servers.Select(server => new ServerProbe(server.ConnectionString, server.Credentials, options.ProbeTimeout, clock))];
        _delays = [.. servers.Select(_ => new WakeableDelay(clock))];
        _topology = TopologyBuilder.Build(_health, _history);
        foreach (var server in servers)
            (server.WriteRefused, server.OpenFailed) = (ReportRefusal, ReportFailedOpen);
    }

    /// <summary>The latest snapshot.</summary>
    public Topology Topology => _topology;

    /// <summary>
    /// Probes every server, repeats the probes that timed out, and probes the replicas once more, since their lag is known only after the
    /// primary's position; then continues in the background.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ProbeAsync(_ => true, cancellationToken).ConfigureAwait(false);
        for (var i = 1; i < _options.ProbeTimeoutsMax && _health.Any(server => server.Timeouts > 0); i++)
            await ProbeAsync(server => server.Timeouts > 0, cancellationToken).ConfigureAwait(false);
        await ProbeAsync(server => _topology.Servers[server.Server.Index].Role == ServerRole.Replica && !server.IsDown, cancellationToken)
            .ConfigureAwait(false);
        _watching = Task.WhenAll(_health.Select(WatchAsync));
    }

    private Task ProbeAsync(Predicate<ServerHealth> which, CancellationToken cancellationToken) =>
        Task.WhenAll(_health.Where(server => which(server)).Select(server => ProbeAsync(server, cancellationToken)));

    /// <summary>Records that a request could not reach a server. No other request is sent there before a probe succeeds.</summary>
    public void ReportDown(RoutedServer server, Exception failure)
    {
        var wasPrimary = _topology.Primary?.Server == server;
        Change(() =>
        {
            var health = _health[server.Index];
            health.IsDown = true;
            health.Failure = Describe(failure);
        });
        if (wasPrimary)
            Wake(); // another server may have been promoted
        else
            _delays[server.Index].Wake();
    }

    /// <summary>Requests a probe, because a connection opened by the application failed.</summary>
    public void ReportFailedOpen(RoutedServer server) => _delays[server.Index].Wake();

    /// <summary>
    /// Records that the server refused a write. If it is certainly read-only, it is no longer the primary, whatever its last probe
    /// returned; otherwise a probe decides.
    /// </summary>
    public void ReportRefusal(RoutedServer server, bool isCertain)
    {
        var health = _health[server.Index];
        if (isCertain)
        {
            Change(() =>
            {
                health.Facts = health.Facts is { } facts ? facts with { IsReadOnly = true } : null;
                health.CandidateSince = long.MaxValue;
            });
        }

        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        foreach (var probe in _probes)
            await probe.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Wake()
    {
        foreach (var delay in _delays)
            delay.Wake();
    }

    private async Task WatchAsync(ServerHealth server)
    {
        // The period is measured between starts of probes. A report requests a probe immediately; the minimum gap limits the rate of
        // probes.
        var gapMin = _options.ProbePeriod / 10;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var delay = _delays[server.Server.Index];
                await delay.WaitAsync(gapMin, _options.ProbePeriod, _stop.Token).ConfigureAwait(false);
                await ProbeAsync(server, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ProbeAsync(ServerHealth server, CancellationToken cancellationToken)
    {
        var probe = _probes[server.Server.Index];
        _delays[server.Server.Index].Begin();
        var asked = _clock.GetTimestamp();
        try
        {
            var seesReplication = probe.SeesReplication;
            var facts = await probe.ProbeAsync(cancellationToken).ConfigureAwait(false);
            if (seesReplication && !probe.SeesReplication && _replicationHidden.TryAdd(server.Server.Name, true))
                _log.ReplicationHidden(server.Server.Name);
            if (facts.BypassesReadOnly && !server.Server.ChecksReadOnlyOnOpen)
                _log.BypassesReadOnly(server.Server.Name);
            server.Server.ChecksReadOnlyOnOpen = facts.BypassesReadOnly;
            Change(() => Answered(server, facts, _clock.GetTimestamp()), asked, server.Server.Index);
        }
        catch (TimeoutException e)
        {
            Change(() =>
            {
                (server.WasProbed, server.Timeouts, server.Failure) = (true, server.Timeouts + 1, Describe(e));
                server.IsDown |= server.Timeouts >= _options.ProbeTimeoutsMax || server.Facts is null;
            });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Monitoring continues after any error: a server with an unexpected answer can't be used.
            Change(() => (server.WasProbed, server.IsDown, server.Failure) = (true, true, Describe(e)));
        }
    }

    private static void Answered(ServerHealth server, ServerFacts facts, long now)
    {
        (server.WasProbed, server.Facts, server.Failure, server.Timeouts, server.IsDown, server.AnsweredAt) = (
            true, facts, null, 0, false, now);
        server.CandidateSince = facts.IsPrimaryCandidate ? Math.Min(server.CandidateSince, now) : long.MaxValue;
    }

    private void Change(Action change, long asked = 0, int askedServer = -1)
    {
        Topology before, after;
        lock (_lock)
        {
            before = _topology;
            change();
            after = TopologyBuilder.Build(_health, _history);
            if (after.Primary is { } primary && primary.Server.Index == askedServer)
            {
                _history.Add(askedServer, primary.Position, asked);
                CompareWithPrimary(primary, asked);
                after = TopologyBuilder.Build(_health, _history);
            }

            _topology = after;
        }

        ReactToChanges(before, after);
    }

    /// <summary>
    /// Marks servers whose history differs: one that was probed before the primary can't have more transactions than it. Not needed for
    /// MySQL, whose GTID sets are comparable.
    /// </summary>
    private void CompareWithPrimary(ServerView primary, long asked)
    {
        foreach (var server in _health)
        {
            if (server.Server == primary.Server)
                server.IsAhead = false;
            else if (server.Facts is { IsMariaDb: true } facts && server.AnsweredAt <= asked && !primary.Position.IsNone)
                server.IsAhead = !facts.Position.IsCoveredBy(primary.Position);
        }
    }

    private void ReactToChanges(Topology before, Topology after)
    {
        for (var i = 0; i < after.Servers.Length; i++)
        {
            var (was, now) = (before.Servers[i], after.Servers[i]);
            if (was.State != now.State || was.Role != now.Role)
                _log.Changed(was, now);
            if (was.State != now.State && now.State != ServerState.Up)
                now.Server.Pending(DatabaseAccess.Read).AbandonAll();
        }

        if (before.Primary?.Server != after.Primary?.Server)
        {
            _log.PrimaryChanged(before.Primary?.Server.Name, after.Primary?.Server.Name, after.NoPrimaryReason);
            if (before.Primary is { } old)
            {
                old.Server.Pending(DatabaseAccess.Write).AbandonAll();
                _ = DiscardAsync(old.Server);
            }
        }
    }

    private static async Task DiscardAsync(RoutedServer server)
    {
        try
        {
            await server.DiscardWritersAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is MySqlException or IOException or SocketException or ObjectDisposedException)
        {
            // Connections to an unreachable server can't be closed in order; they are removed from the pool anyway.
        }
    }

    /// <summary>Returns the driver's message, which contains no password.</summary>
    private static string Describe(Exception failure) =>
        failure is MySqlException { InnerException: { } inner } e && e.ErrorCode == MySqlErrorCode.UnableToConnectToHost
            ? $"{e.Message.TrimEnd('.')} ({inner.Message})"
            : failure.Message;
}
