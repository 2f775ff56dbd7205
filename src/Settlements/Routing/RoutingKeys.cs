namespace Settlements.Routing;

/// <summary>
/// The service keys of the plain data sources of a <see cref="MultiHostDataSource"/>, for example
/// <c>[FromKeyedServices(RoutingKeys.Replicas)] DbDataSource</c>.
/// </summary>
public static class RoutingKeys
{
    /// <summary>The key of <see cref="MultiHostDataSource.Primary"/>: <c>primary</c>.</summary>
    public const string Primary = "primary";

    /// <summary>The key of <see cref="MultiHostDataSource.Replicas"/>: <c>replicas</c>.</summary>
    public const string Replicas = "replicas";
}
