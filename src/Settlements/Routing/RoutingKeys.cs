namespace Settlements.Routing;

/// <summary>The keys under which plain data sources of a <see cref="MultiHostDataSource"/> are registered: <c>[FromKeyedServices(RoutingKeys.Replicas)] DbDataSource</c>.</summary>
public static class RoutingKeys
{
    /// <summary><see cref="MultiHostDataSource.Primary"/>: <c>primary</c>.</summary>
    public const string Primary = "primary";

    /// <summary><see cref="MultiHostDataSource.Replicas"/>: <c>replicas</c>.</summary>
    public const string Replicas = "replicas";
}
