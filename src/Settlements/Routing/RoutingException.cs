using System.Data.Common;

namespace Settlements.Routing;

/// <summary>No host can take what was asked for. Nothing was sent.</summary>
/// <param name="message">What was asked for, each host with its state, and the remedy.</param>
/// <param name="isTransient">Whether asking again may help.</param>
/// <param name="cause">What was found, or null.</param>
public sealed class RoutingException(string message, bool isTransient, Exception? cause = null) : DbException(message, cause)
{
    /// <summary>Whether asking again may help: while a host is away or a primary is being replaced, and not where the settings are wrong.</summary>
    public override bool IsTransient => isTransient;
}
