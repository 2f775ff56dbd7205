namespace Settlements.MySql;

/// <summary>The server chosen for a request, and the reason.</summary>
/// <param name="Server">The server; null if none is available.</param>
/// <param name="Reason">Why the server was chosen.</param>
internal readonly record struct Route(RoutedServer? Server, RouteReason Reason);

/// <summary>Why a server was chosen for a request.</summary>
internal enum RouteReason
{
    /// <summary>Writes go to the primary.</summary>
    Write,

    /// <summary>The caller requested the primary.</summary>
    Primary,

    /// <summary>A replica that is fresh enough.</summary>
    Fresh,

    /// <summary>A replica that is known to have reached the token.</summary>
    KnownPast,

    /// <summary>A replica on which the read waits until it has reached the token.</summary>
    Waited,

    /// <summary>The server that the causal session reads from.</summary>
    Session,

    /// <summary>The primary, because no replica satisfies the consistency.</summary>
    Fallback,

    /// <summary>A lagging replica, because neither a fresh replica nor a primary is available.</summary>
    LastResort,
}
