namespace Settlement.SampleHost.Playback;

internal enum PlayStage
{
    Playing = 0,
    Stopped = 1,

    /// <summary>The end of the video was reached: the next play starts at 0.</summary>
    Ended = 2,

    /// <summary>The same viewer started another play, of this video or of another one.</summary>
    Replaced = 3,
}

/// <summary>The state of a play's view.</summary>
internal enum PlayView
{
    /// <summary>Played by the video's owner: no view, seconds or ad views are counted.</summary>
    Owner = 0,

    /// <summary>The view is counted.</summary>
    Counted = 1,

    /// <summary>The minimum has not been watched yet.</summary>
    Pending = 2,

    /// <summary>
    /// The minimum was reached within 30 s of the viewer's last counted view of the video: the view is not counted, but seconds and ad
    /// views are.
    /// </summary>
    Repeated = 3,
}

/// <summary>A row of the table <c>plays</c>. Positions are milliseconds from the start of the video, instants Unix microseconds.</summary>
internal sealed record Play
{
    public string PlayId { get; init; } = "";

    public string VideoId { get; init; } = "";

    public string Viewer { get; init; } = "";

    /// <summary>The payee: the video's owner when the play started.</summary>
    public string PayeeId { get; init; } = "";

    /// <summary>The state of the view.</summary>
    public PlayView ViewState { get; init; }

    /// <summary>The instant at which the minimum was reached; null before.</summary>
    public long? ViewedAt { get; init; }

    /// <summary>The instant of the viewer's last counted view of the video before this play; null if there was none.</summary>
    public long? CountedBefore { get; init; }

    public PlayStage State { get; init; }

    public long LengthMs { get; init; }

    /// <summary>The start position.</summary>
    public long StartMs { get; init; }

    /// <summary>The furthest accepted position: usage is counted from the start position to here.</summary>
    public long FurthestMs { get; init; }

    /// <summary>The current position, at most <see cref="FurthestMs"/>.</summary>
    public long PositionMs { get; init; }

    /// <summary>The sequence number of the last accepted report.</summary>
    public long Sequence { get; init; }

    public long StartedAt { get; init; }

    public long ReportedAt { get; init; }

    /// <summary>The instant up to which elapsed time has been converted into progress.</summary>
    public long AccountedUntil { get; init; }

    public long WatchedSeconds => (FurthestMs - StartMs) / 1_000;

    /// <summary>
    /// Whether a viewer (null: neither an account nor a cookie) may access the play. Only its account can access the play of an account.
    /// Anybody who knows its id can access an anonymous play: ids can't be guessed, and programs keep no cookies.
    /// </summary>
    public bool IsOf(string? viewer) => Viewer == viewer || !Viewer.StartsWith(Users.Caller.UserPrefix, StringComparison.Ordinal);

    /// <summary>The instant of the last counted view, of this play or an earlier one; null if there is none.</summary>
    public long? LastCountedAt => ViewState == PlayView.Counted ? ViewedAt ?? CountedBefore : CountedBefore;
}

/// <summary>
/// The state of a viewer and a video. Its row is locked before a play of the pair is started. The row of <see cref="AnyVideo"/> refers to
/// the viewer's last play of any video: a viewer plays one video at a time.
/// </summary>
internal sealed record Viewing
{
    /// <summary>Stands for any video; ids of videos are never empty.</summary>
    public const string AnyVideo = "";

    public string Viewer { get; init; } = "";

    public string VideoId { get; init; } = "";

    /// <summary>The last play, which determines where the next one starts.</summary>
    public string? PlayId { get; init; }

    /// <summary>The instant of the last counted view before the play <see cref="PlayId"/>.</summary>
    public long? CountedAt { get; init; }
}
