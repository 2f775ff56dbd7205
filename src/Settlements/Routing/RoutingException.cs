using System.Data.Common;

namespace Settlements.Routing;

/// <summary>Thrown when no server can accept a request. Nothing was sent.</summary>
/// <param name="message">The request, the state of each server, and the remedy.</param>
/// <param name="isTransient">Whether a retry may succeed.</param>
/// <param name="cause">The underlying error, or null.</param>
public sealed class RoutingException(string message, bool isTransient, Exception? cause = null) : DbException(message, cause)
{
    /// <summary>
    /// Gets whether a retry may succeed: <see langword="true"/> when a server is unreachable or a failover is in progress,
    /// <see langword="false"/> when the settings are wrong.
    /// </summary>
    public override bool IsTransient => isTransient;
}
