namespace Settlements.MySql;

/// <summary>The mutable state of a server, from which snapshots are built. Guarded by the monitor's lock.</summary>
internal sealed class ServerHealth(RoutedServer server)
{
    public RoutedServer Server => server;

    public ServerFacts? Facts { get; set; }

    /// <summary>The error of the last probe or connection attempt; null if the last probe succeeded.</summary>
    public string? Failure { get; set; }

    /// <summary>The number of consecutive probes that timed out.</summary>
    public int Timeouts { get; set; }

    public bool IsDown { get; set; }

    /// <summary>The timestamp of the last successful probe.</summary>
    public long AnsweredAt { get; set; }

    /// <summary>Since when it is a candidate for the primary; <see cref="long.MaxValue"/> while it isn't.</summary>
    public long CandidateSince { get; set; } = long.MaxValue;

    /// <summary>
    /// Whether it had transactions that the primary, probed later, did not have: its history differs, and its position is not comparable.
    /// </summary>
    public bool IsAhead { get; set; }

    public bool WasProbed { get; set; }
}
