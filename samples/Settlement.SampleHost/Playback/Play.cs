namespace Settlement.SampleHost.Playback;

internal enum PlayStage
{
    Playing = 0,
    Stopped = 1,

    /// <summary>The video's end was reached: the next play begins at 0.</summary>
    Ended = 2,

    /// <summary>The same viewer started another play, of this video or of another one.</summary>
    Replaced = 3,
}

/// <summary>What becomes of a play's view.</summary>
internal enum PlayView
{
    /// <summary>The play of the video's owner: it earns nothing, neither a view nor seconds nor ads.</summary>
    Owner = 0,

    /// <summary>The view is counted.</summary>
    Counted = 1,

    /// <summary>The minimum is not watched yet.</summary>
    Pending = 2,

    /// <summary>The minimum was reached within 30 s of the viewer's last counted view of the video: no view is counted. Seconds and ads are.</summary>
    Repeated = 3,
}

/// <summary>A play as its row is kept. Positions are milliseconds of the video, instants Unix microseconds.</summary>
internal sealed record Play
{
    public string PlayId { get; init; } = "";

    public string VideoId { get; init; } = "";

    public string Viewer { get; init; } = "";

    /// <summary>Who is paid: the video's owner when the play began.</summary>
    public string PayeeId { get; init; } = "";

    /// <summary>What became of its view.</summary>
    public PlayView ViewState { get; init; }

    /// <summary>When the minimum was reached; null before that.</summary>
    public long? ViewedAt { get; init; }

    /// <summary>The viewer's last counted view of the video when the play started; null when there was none.</summary>
    public long? CountedBefore { get; init; }

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
    /// Whether a viewer (null: neither an account nor a cookie) may report its position. A play of an account is that account's alone. One without an account belongs to whoever has its
    /// id, which can't be guessed: programs keep no cookies.
    /// </summary>
    public bool IsOf(string? viewer) => Viewer == viewer || !Viewer.StartsWith(Users.Caller.UserPrefix, StringComparison.Ordinal);

    /// <summary>The last view that was counted by the end of this play, if there was one: of this play, or before it.</summary>
    public long? LastCountedAt => ViewState == PlayView.Counted ? ViewedAt ?? CountedBefore : CountedBefore;
}

/// <summary>
/// What is kept of a viewer and a video. Its row is locked before the two begin a play. The row of <see cref="AnyVideo"/> names the viewer's last
/// play of all: a viewer plays one video at a time.
/// </summary>
internal sealed record Viewing
{
    /// <summary>In place of a video's id, which is never empty.</summary>
    public const string AnyVideo = "";

    public string Viewer { get; init; } = "";

    public string VideoId { get; init; } = "";

    /// <summary>The last play: it says where the next one begins.</summary>
    public string? PlayId { get; init; }

    /// <summary>The instant of the last counted view of the plays before <see cref="PlayId"/>, whose own row has its own.</summary>
    public long? CountedAt { get; init; }
}
