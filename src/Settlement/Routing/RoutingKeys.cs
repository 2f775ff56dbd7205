namespace Settlement.Routing;

/// <summary>
/// The service keys of the plain data sources that come with a <see cref="MultiHostDataSource"/>, for what takes a
/// <see cref="System.Data.Common.DbDataSource"/>: <c>[FromKeyedServices(RoutingKeys.Replicas)] DbDataSource replicas</c>.
/// </summary>
public static class RoutingKeys
{
    /// <summary>Connections that may write: <see cref="MultiHostDataSource.Primary"/>.</summary>
    public const string Primary = "primary";

    /// <summary>Read-only connections, as fresh as a replica is: <see cref="MultiHostDataSource.Replicas"/>.</summary>
    public const string Replicas = "replicas";
}
