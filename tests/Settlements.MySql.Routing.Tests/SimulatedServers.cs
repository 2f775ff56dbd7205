using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>Simulated probe results of servers db1, db2, …; no server is started.</summary>
internal sealed class SimulatedServers : IDisposable
{
    private readonly RoutedServer[] _servers;
    private readonly ServerHealth[] _health;

    public SimulatedServers(int servers)
    {
        var options = new MySqlMultiHostOptions
        {
            ConnectionString = "User ID=x",
            Servers = [.. Enumerable.Range(1, servers).Select(i => new ServerAddress($"db{i}"))],
        };
        _servers = [.. options.Servers.Select((address, i) => new RoutedServer(i, address, options, NullLoggerFactory.Instance))];
        _health = [.. _servers.Select(server => new ServerHealth(server))];
    }

    public FakeTimeProvider Clock { get; } = new();

    public PrimaryHistory History { get; } = new();

    public Topology Topology => TopologyBuilder.Build(_health, History);

    public SimulatedServers Primary(int server, string position, Replication replication = Replication.None)
    {
        Answer(server, isReadOnly: false, replication, position);
        History.Add(server - 1, CausalToken.Parse(position), Clock.GetTimestamp());
        return this;
    }

    public SimulatedServers Replica(
        int server, string position, Replication replication = Replication.Running, bool isReadOnly = true, int source = 1)
    {
        Answer(server, isReadOnly, replication, position, source);
        return this;
    }

    public SimulatedServers Ahead(int server)
    {
        _health[server - 1].IsAhead = true;
        return this;
    }

    public SimulatedServers SameServer(int server, int other)
    {
        _health[server - 1].Facts = _health[server - 1].Facts! with { Identity = _health[other - 1].Facts!.Identity };
        return this;
    }

    public SimulatedServers Down(int server)
    {
        (_health[server - 1].WasProbed, _health[server - 1].IsDown, _health[server - 1].Failure) = (true, true, "refused");
        return this;
    }

    public SimulatedServers NotResponding(int server)
    {
        _health[server - 1].Timeouts++;
        _health[server - 1].Failure = "no answer within 1 s";
        return this;
    }

    public void Dispose()
    {
        foreach (var server in _servers)
            server.Dispose();
    }

    private void Answer(int server, bool isReadOnly, Replication replication, string position, int source = 0)
    {
        var health = _health[server - 1];
        (health.WasProbed, health.IsDown, health.Failure, health.Timeouts, health.AnsweredAt) = (
            true, false, null, 0, Clock.GetTimestamp());
        health.Facts = new ServerFacts(
            $"server {server}", $"{server}", "10.11.0-MariaDB", isReadOnly, replication, $"{source}", $"replicates from db{source}",
            CausalToken.Parse(position), BypassesReadOnly: false);
        health.CandidateSince = health.Facts.IsPrimaryCandidate ? Math.Min(health.CandidateSince, Clock.GetTimestamp()) : long.MaxValue;
    }
}
