using System.Collections.Concurrent;
using System.Net.Sockets;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Watches all hosts in the background and keeps the picture that requests read. Thread-safe.</summary>
internal sealed class ServerMonitor : IAsyncDisposable
{
    private readonly RoutingOptions _options;
    private readonly TimeProvider _clock;
    private readonly RoutingLog _log;
    private readonly ServerHealth[] _health;
    private readonly ServerProbe[] _probes;
    private readonly WakeableDelay[] _delays;
    private readonly PrimaryHistory _history = new();
    private readonly ConcurrentDictionary<string, bool> _hidden = new(StringComparer.Ordinal); // said once
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;
    private volatile Topology _topology;

    public ServerMonitor(IReadOnlyList<RoutedServer> hosts, RoutingOptions options, TimeProvider clock, RoutingLog log)
    {
        (_options, _clock, _log) = (options, clock, log);
        _health = [.. hosts.Select(host => new ServerHealth(host))];
        _probes = [.. hosts.Select(host => new ServerProbe(host.ConnectionString, host.Credentials, options.ProbeTimeout, clock))];
        _delays = [.. hosts.Select(_ => new WakeableDelay(clock))];
        _topology = TopologyBuilder.Build(_health, _history);
        foreach (var host in hosts)
            (host.WriteRefused, host.OpenFailed) = (ReportRefusal, ReportFailedOpen);
    }

    /// <summary>The last picture.</summary>
    public Topology Topology => _topology;

    /// <summary>
    /// Probes every host, those that are slow some more times, and the replicas once more, since their lag is known only after the primary's position;
    /// then goes on in the background.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ProbeAsync(_ => true, cancellationToken).ConfigureAwait(false);
        for (var i = 1; i < _options.ProbeTimeoutsMax && _health.Any(host => host.Timeouts > 0); i++)
            await ProbeAsync(host => host.Timeouts > 0, cancellationToken).ConfigureAwait(false);
        await ProbeAsync(host => _topology.Hosts[host.Host.Index].Role == ServerRole.Replica && !host.IsDown, cancellationToken).ConfigureAwait(false);
        _watching = Task.WhenAll(_health.Select(WatchAsync));
    }

    private Task ProbeAsync(Predicate<ServerHealth> which, CancellationToken cancellationToken) =>
        Task.WhenAll(_health.Where(host => which(host)).Select(host => ProbeAsync(host, cancellationToken)));

    /// <summary>A request could not reach a host: nobody else is sent there before a good probe.</summary>
    public void ReportDown(RoutedServer host, Exception failure)
    {
        var wasPrimary = _topology.Primary?.Host == host;
        Change(() =>
        {
            var health = _health[host.Index];
            health.IsDown = true;
            health.Failure = Words(failure);
        });
        if (wasPrimary)
            Wake(); // another one may have been promoted
        else
            _delays[host.Index].Wake();
    }

    /// <summary>A connection that its user opens himself could not be opened; a probe tells why.</summary>
    public void ReportFailedOpen(RoutedServer host) => _delays[host.Index].Wake();

    /// <summary>The server refused a write. When that is certain it is no primary any more, whatever its last probe said; else a probe tells.</summary>
    public void ReportRefusal(RoutedServer host, bool isCertain)
    {
        var health = _health[host.Index];
        if (isCertain)
        {
            Change(() =>
            {
                health.Facts = health.Facts is { } facts ? facts with { IsReadOnly = true } : null;
                health.ClaimsSince = long.MaxValue;
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

    private async Task WatchAsync(ServerHealth host)
    {
        // The period is from start to start. Reports may ask for a probe at once, and many reports ask for few probes.
        var gapMin = _options.ProbePeriod / 10;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var delay = _delays[host.Host.Index];
                await delay.WaitAsync(gapMin, _options.ProbePeriod, _stop.Token).ConfigureAwait(false);
                await ProbeAsync(host, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ProbeAsync(ServerHealth host, CancellationToken cancellationToken)
    {
        var probe = _probes[host.Host.Index];
        _delays[host.Host.Index].Begin();
        var asked = _clock.GetTimestamp();
        try
        {
            var seesReplication = probe.SeesReplication;
            var facts = await probe.AskAsync(cancellationToken).ConfigureAwait(false);
            if (seesReplication && !probe.SeesReplication && _hidden.TryAdd(host.Host.Name, true))
                _log.ReplicationHidden(host.Host.Name);
            if (facts.BypassesReadOnly && !host.Host.AsksBeforeWrites)
                _log.BypassesReadOnly(host.Host.Name);
            host.Host.AsksBeforeWrites = facts.BypassesReadOnly;
            Change(() => Answered(host, facts, _clock.GetTimestamp()), asked, host.Host.Index);
        }
        catch (TimeoutException e)
        {
            Change(() =>
            {
                (host.WasProbed, host.Timeouts, host.Failure) = (true, host.Timeouts + 1, Words(e));
                host.IsDown |= host.Timeouts >= _options.ProbeTimeoutsMax || host.Facts is null;
            });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is, the watch goes on: a host that can't be understood is a host that can't be used.
            Change(() => (host.WasProbed, host.IsDown, host.Failure) = (true, true, Words(e)));
        }
    }

    private static void Answered(ServerHealth host, ServerFacts facts, long now)
    {
        (host.WasProbed, host.Facts, host.Failure, host.Timeouts, host.IsDown, host.AnsweredAt) = (true, facts, null, 0, false, now);
        host.ClaimsSince = facts.ClaimsPrimary ? Math.Min(host.ClaimsSince, now) : long.MaxValue;
    }

    private void Change(Action change, long asked = 0, int askedHost = -1)
    {
        Topology before, after;
        lock (_lock)
        {
            before = _topology;
            change();
            after = TopologyBuilder.Build(_health, _history);
            if (after.Primary is { } primary && primary.Host.Index == askedHost)
            {
                _history.Add(askedHost, primary.Position, asked);
                Compare(primary, asked);
                after = TopologyBuilder.Build(_health, _history);
            }

            _topology = after;
        }

        Follow(before, after);
    }

    /// <summary>Who answered before the primary was asked can't have more than it. Of MySQL, sets tell that by themselves.</summary>
    private void Compare(ServerView primary, long asked)
    {
        foreach (var host in _health)
        {
            if (host.Host == primary.Host)
                host.IsAhead = false;
            else if (host.Facts is { IsMariaDb: true } facts && host.AnsweredAt <= asked && !primary.Position.IsNone)
                host.IsAhead = !facts.Position.IsCoveredBy(primary.Position);
        }
    }

    private void Follow(Topology before, Topology after)
    {
        for (var i = 0; i < after.Hosts.Length; i++)
        {
            var (was, now) = (before.Hosts[i], after.Hosts[i]);
            if (was.State != now.State || was.Role != now.Role)
                _log.Changed(was, now);
            if (was.State != now.State && now.State != ServerState.Up)
                now.Host.Openings(DatabaseAccess.Read).GiveUp();
        }

        if (before.Primary?.Host != after.Primary?.Host)
        {
            _log.PrimaryChanged(before.Primary?.Host.Name, after.Primary?.Host.Name, after.WriteFault);
            if (before.Primary is { } old)
            {
                old.Host.Openings(DatabaseAccess.Write).GiveUp();
                _ = DiscardAsync(old.Host);
            }
        }
    }

    private static async Task DiscardAsync(RoutedServer host)
    {
        try
        {
            await host.DiscardWritersAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is MySqlException or IOException or SocketException or ObjectDisposedException)
        {
            // Connections to a server that is gone can't be ended in order; they are out of the pool all the same.
        }
    }

    /// <summary>The driver's words, which hold no password.</summary>
    private static string Words(Exception failure) => failure is MySqlException { InnerException: { } inner } e && e.ErrorCode == MySqlErrorCode.UnableToConnectToHost
        ? $"{e.Message.TrimEnd('.')} ({inner.Message})"
        : failure.Message;
}
