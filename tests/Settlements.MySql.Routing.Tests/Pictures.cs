using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>Hosts db1, db2, … as probes might find them, without servers.</summary>
internal sealed class Pictures : IDisposable
{
    private readonly RoutedServer[] _hosts;
    private readonly ServerHealth[] _health;

    public Pictures(int hosts)
    {
        var options = new MySqlMultiHostOptions
        {
            ConnectionString = "User ID=x",
            Hosts = [.. Enumerable.Range(1, hosts).Select(i => new ServerAddress($"db{i}"))],
        };
        _hosts = [.. options.Hosts.Select((address, i) => new RoutedServer(i, address, options, NullLoggerFactory.Instance))];
        _health = [.. _hosts.Select(host => new ServerHealth(host))];
    }

    public FakeTimeProvider Clock { get; } = new();

    public PrimaryHistory History { get; } = new();

    public Topology Topology => TopologyBuilder.Build(_health, History);

    public Pictures Primary(int host, string position, Replication replication = Replication.None)
    {
        Answer(host, isReadOnly: false, replication, position);
        History.Add(host - 1, CausalToken.Parse(position), Clock.GetTimestamp());
        return this;
    }

    public Pictures Replica(int host, string position, Replication replication = Replication.Running, bool isReadOnly = true, int source = 1)
    {
        Answer(host, isReadOnly, replication, position, source);
        return this;
    }

    public Pictures Ahead(int host)
    {
        _health[host - 1].IsAhead = true;
        return this;
    }

    public Pictures SameServer(int host, int other)
    {
        _health[host - 1].Facts = _health[host - 1].Facts! with { Identity = _health[other - 1].Facts!.Identity };
        return this;
    }

    public Pictures Down(int host)
    {
        (_health[host - 1].WasProbed, _health[host - 1].IsDown, _health[host - 1].Failure) = (true, true, "refused");
        return this;
    }

    public Pictures Silent(int host)
    {
        _health[host - 1].Timeouts++;
        _health[host - 1].Failure = "no answer within 1 s";
        return this;
    }

    public void Dispose()
    {
        foreach (var host in _hosts)
            host.Dispose();
    }

    private void Answer(int host, bool isReadOnly, Replication replication, string position, int source = 0)
    {
        var health = _health[host - 1];
        (health.WasProbed, health.IsDown, health.Failure, health.Timeouts, health.AnsweredAt) = (true, false, null, 0, Clock.GetTimestamp());
        health.Facts = new ServerFacts(
            $"server {host}", $"{host}", "10.11.0-MariaDB", isReadOnly, replication, $"{source}", $"follows db{source}", CausalToken.Parse(position), BypassesReadOnly: false);
        health.ClaimsSince = health.Facts.ClaimsPrimary ? Math.Min(health.ClaimsSince, Clock.GetTimestamp()) : long.MaxValue;
    }
}
