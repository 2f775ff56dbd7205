namespace Settlement.SampleHost.Playback;

internal enum PlayStage
{
    Playing = 0,
    Stopped = 1,

    /// <summary>The video's end was reached: the next play begins at 0.</summary>
    Ended = 2,

    /// <summary>The same viewer began another play of the same video, here or in another tab.</summary>
    Replaced = 3,
}

/// <summary>A play as its row is kept. Positions are milliseconds of the video, instants Unix microseconds.</summary>
internal sealed record Play
{
    public string PlayId { get; init; } = "";

    public string VideoId { get; init; } = "";

    public string Viewer { get; init; } = "";

    /// <summary>Who is paid: the video's owner when the play began.</summary>
    public string PayeeId { get; init; } = "";

    public bool IsCounted { get; init; }

    public PlayStage State { get; init; }

    public long LengthMs { get; init; }

    /// <summary>Where it began.</summary>
    public long StartMs { get; init; }

    /// <summary>How far it really got: what is counted lies between the start and this.</summary>
    public long FurthestMs { get; init; }

    /// <summary>Where the viewer is, which may be further back.</summary>
    public long PositionMs { get; init; }

    /// <summary>The number of the last report that was taken.</summary>
    public long Sequence { get; init; }

    public long StartedAt { get; init; }

    public long ReportedAt { get; init; }

    /// <summary>The instant up to which time was turned into progress.</summary>
    public long AccountedUntil { get; init; }

    public long WatchedSeconds => (FurthestMs - StartMs) / 1_000;

    /// <summary>
    /// Whether a viewer may say where it is. A play of an account is that account's alone. One without is whoever's knows its id, which can't be
    /// guessed: a phone's address changes on the way.
    /// </summary>
    public bool IsOf(string viewer) => Viewer == viewer || Viewer.StartsWith("address:", StringComparison.Ordinal);
}

/// <summary>What is kept of a viewer and a video. Its row is locked before the two begin a play.</summary>
internal sealed record Viewing
{
    public string Viewer { get; init; } = "";

    public string VideoId { get; init; } = "";

    /// <summary>The last play: it says where the next one begins.</summary>
    public string? PlayId { get; init; }

    /// <summary>When the last play that counted began.</summary>
    public long? CountedAt { get; init; }
}
