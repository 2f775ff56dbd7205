using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Settlements.MySql;

/// <summary>Numbers of the router, in the meter <see cref="SettlementTelemetry.Name"/>. Their names stand in docs/routing.md.</summary>
internal static class RoutingTelemetry
{
    private static readonly Meter Meter = new(SettlementTelemetry.Name);

    public static readonly Counter<long> Routes = Meter.CreateCounter<long>(
        "settlement.routing.routes", "{connection}", "Connections opened, by host, access and the reason for the host.");

    public static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "settlement.routing.failures", "{request}", "Requests for which no host could be found, by access.");

    public static readonly Histogram<double> Waits = Meter.CreateHistogram<double>(
        "settlement.routing.token.wait", "s", "How long reads waited at a replica for their token, by host and whether it came.");

    public static readonly Counter<long> Ejections = Meter.CreateCounter<long>(
        "settlement.routing.ejections", "{host}", "Hosts taken out, by host.");

    public static readonly Counter<long> PrimaryChanges = Meter.CreateCounter<long>(
        "settlement.routing.primary.changes", "{change}", "How often another host, or none, took the writes.");

    /// <summary>A lag and connections in flight are read from all routers of the process when somebody looks.</summary>
    private static readonly List<WeakReference<MySqlMultiHostDataSource>> Routers = [];

    static RoutingTelemetry()
    {
        Meter.CreateObservableGauge(
            "settlement.routing.replica.lag", () => Measure(h => h.Lag?.TotalSeconds), "s", "How far a replica is behind at most, by host.");
        Meter.CreateObservableGauge(
            "settlement.routing.connections", () => Measure(h => (double?)h.InFlight), "{connection}", "Connections open now, by host and state.");
    }

    public static void Watch(MySqlMultiHostDataSource router)
    {
        lock (Routers)
        {
            Routers.RemoveAll(known => !known.TryGetTarget(out _));
            Routers.Add(new WeakReference<MySqlMultiHostDataSource>(router));
        }
    }

    public static void Forget(MySqlMultiHostDataSource router)
    {
        lock (Routers)
            Routers.RemoveAll(known => !known.TryGetTarget(out var one) || one == router);
    }

    public static void Routed(Route route)
    {
        if (!Routes.Enabled)
            return;
        var tags = default(TagList);
        tags.Add("host", route.Host!.Name);
        tags.Add("access", route.Reason == RouteReason.Write ? "write" : "read");
        tags.Add("reason", Name(route.Reason));
        Routes.Add(1, tags);
    }

    /// <summary>As documented: a name that is out must not change with the code.</summary>
    public static string Name(RouteReason reason) => reason switch
    {
        RouteReason.Write => "write",
        RouteReason.Primary => "primary",
        RouteReason.Fresh => "fresh",
        RouteReason.KnownPast => "known_past_token",
        RouteReason.Waited => "waited_for_token",
        RouteReason.Session => "same_as_session",
        RouteReason.Fallback => "fallback_to_primary",
        _ => "last_resort",
    };

    private static List<Measurement<double>> Measure(Func<Settlements.Routing.ServerStatus, double?> read)
    {
        var measurements = new List<Measurement<double>>();
        lock (Routers)
        {
            foreach (var known in Routers)
            {
                if (!known.TryGetTarget(out var router))
                    continue;
                foreach (var host in router.Servers)
                {
                    if (read(host) is { } value)
                        measurements.Add(new Measurement<double>(value, new("host", host.Name), new("role", host.Role.ToString()), new("state", host.State.ToString())));
                }
            }
        }

        return measurements;
    }
}
