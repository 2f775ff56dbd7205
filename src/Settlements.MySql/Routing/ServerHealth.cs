namespace Settlements.MySql;

/// <summary>What is known of a host between two pictures. Belongs to the monitor's lock.</summary>
internal sealed class ServerHealth(RoutedServer host)
{
    public RoutedServer Host => host;

    public ServerFacts? Facts { get; set; }

    /// <summary>Why it can't be used; null while it answers.</summary>
    public string? Failure { get; set; }

    /// <summary>Probes in a row without an answer in time.</summary>
    public int Timeouts { get; set; }

    public bool IsDown { get; set; }

    /// <summary>When the last good probe was answered.</summary>
    public long AnsweredAt { get; set; }

    /// <summary>Since when it takes writes and follows nobody; the latest possible time while it doesn't.</summary>
    public long ClaimsSince { get; set; } = long.MaxValue;

    /// <summary>Whether it had what the primary, asked after it, had not: it has another history, and its position says nothing.</summary>
    public bool IsAhead { get; set; }

    public bool WasProbed { get; set; }
}
