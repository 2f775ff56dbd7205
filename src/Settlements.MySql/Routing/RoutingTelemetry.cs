using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Settlements.MySql;

/// <summary>The router's metrics, in the meter <see cref="SettlementTelemetry.Name"/>. They are documented in docs/routing.md.</summary>
internal static class RoutingTelemetry
{
    private static readonly Meter Meter = new(SettlementTelemetry.Name);

    public static readonly Counter<long> Routes = Meter.CreateCounter<long>(
        "settlement.routing.routes", "{connection}", "Connections opened, by server, access and reason for the choice.");

    public static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "settlement.routing.failures", "{request}", "Requests for which no server was available, by access.");

    public static readonly Histogram<double> Waits = Meter.CreateHistogram<double>(
        "settlement.routing.token.wait", "s",
        "Time that reads waited on a replica for their token, by server and whether the token was reached.");

    public static readonly Counter<long> Ejections = Meter.CreateCounter<long>(
        "settlement.routing.ejections", "{server}", "Ejections of servers, by server.");

    public static readonly Counter<long> PrimaryChanges = Meter.CreateCounter<long>(
        "settlement.routing.primary.changes", "{change}", "Changes of the primary, including to none.");

    /// <summary>All routers of the process; the gauges read lag and open connections from them when they are observed.</summary>
    private static readonly List<WeakReference<MySqlMultiHostDataSource>> Routers = [];

    static RoutingTelemetry()
    {
        Meter.CreateObservableGauge(
            "settlement.routing.replica.lag", () => Measure(h => h.Lag?.TotalSeconds), "s", "Upper bound of a replica's lag, by server.");
        Meter.CreateObservableGauge(
            "settlement.routing.connections", () => Measure(h => (double?)h.InFlight), "{connection}",
            "Open connections, by server and state.");
    }

    public static void Watch(MySqlMultiHostDataSource router)
    {
        lock (Routers)
        {
            Routers.RemoveAll(known => !known.TryGetTarget(out _));
            Routers.Add(new WeakReference<MySqlMultiHostDataSource>(router));
        }
    }

    public static void Unwatch(MySqlMultiHostDataSource router)
    {
        lock (Routers)
            Routers.RemoveAll(known => !known.TryGetTarget(out var one) || one == router);
    }

    public static void Routed(Route route)
    {
        if (!Routes.Enabled)
            return;
        var tags = default(TagList);
        tags.Add("server", route.Server!.Name);
        tags.Add("access", route.Reason == RouteReason.Write ? "write" : "read");
        tags.Add("reason", Name(route.Reason));
        Routes.Add(1, tags);
    }

    /// <summary>Returns the documented value of the tag: it must not change when the enum is renamed.</summary>
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
                foreach (var server in router.Servers)
                {
                    if (read(server) is { } value)
                    {
                        measurements.Add(new Measurement<double>(
                            value, new("server", server.Name), new("role", server.Role.ToString()), new("state", server.State.ToString())));
                    }
                }
            }
        }

        return measurements;
    }
}
