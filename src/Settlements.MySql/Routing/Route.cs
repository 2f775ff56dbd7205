namespace Settlements.MySql;

/// <summary>Where a request goes, and why.</summary>
/// <param name="Host">The host; null when there is none.</param>
/// <param name="Reason">Why it is that one.</param>
internal readonly record struct Route(RoutedServer? Host, RouteReason Reason);

/// <summary>Why a request goes where it goes.</summary>
internal enum RouteReason
{
    /// <summary>Writes go to the primary.</summary>
    Write,

    /// <summary>The caller asked for the primary.</summary>
    Primary,

    /// <summary>A replica that is fresh enough.</summary>
    Fresh,

    /// <summary>A replica that is known to have the token.</summary>
    KnownPast,

    /// <summary>A replica that has to wait for the token.</summary>
    Waited,

    /// <summary>The host where the session reads.</summary>
    Session,

    /// <summary>No replica would do, so the primary.</summary>
    Fallback,

    /// <summary>Neither a fresh replica nor a primary is there: one that is behind.</summary>
    LastResort,
}
