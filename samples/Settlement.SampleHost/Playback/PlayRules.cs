namespace Settlement.SampleHost.Playback;

/// <summary>
/// Decides which usage of a play is counted, independent of the client's claims. Pure functions: the same input gives the same play. A
/// report advances a play by at most the elapsed time, so jumping or repeated reports gain nothing; a second of a video is counted once per
/// play, so going back gains nothing; and a play starts with the time not yet accounted by the viewer's previous play, so parallel plays
/// gain nothing.
/// </summary>
internal static class PlayRules
{
    /// <summary>The time by which all plays of a viewer together may be ahead of the clock, because of network delays.</summary>
    public const long ToleranceUs = 2_000_000;

    /// <summary>
    /// The maximum time that one report may account for. Players report every few seconds; one that was offline for some minutes loses
    /// nothing, but a single report can't claim a whole day.
    /// </summary>
    public const long SilenceMaxUs = 360_000_000;

    /// <summary>The minimum time between two counted views of the same viewer and video, excluded.</summary>
    public const long RepeatUs = 30_000_000;

    /// <summary>The default minimum of a view. Shorter videos must be watched completely.</summary>
    public const long ViewMinimumMs = 3_000;

    /// <summary>The viewer's earlier plays, as far as a new play depends on them.</summary>
    /// <param name="ResumeMs">The resume position.</param>
    /// <param name="CountedBefore">The instant of the viewer's last counted view of the video; null if there was none.</param>
    /// <param name="AccountedUntil">The instant up to which time was converted into progress of any video; null for the first play.</param>
    public readonly record struct History(long ResumeMs, long? CountedBefore, long? AccountedUntil);

    /// <summary>Whether a view is counted. It is not if the clock went back.</summary>
    public static bool IsCounted(long? lastCountedAt, long viewedAt) => lastCountedAt is not { } last || viewedAt - last > RepeatUs;

    /// <summary>Creates a play at the resume position.</summary>
    public static Play Begin(
        string playId, string videoId, string viewer, string payeeId, long lengthMs, bool isByOwner, History history, long now)
    {
        var resumeMs = history.ResumeMs;
        // If the video has become shorter than the resume position, the play starts at 0.
        var start = resumeMs < lengthMs ? resumeMs : 0;
        return new Play
        {
            PlayId = playId, VideoId = videoId, Viewer = viewer, PayeeId = payeeId, LengthMs = lengthMs, StartMs = start,
            FurthestMs = start, PositionMs = start, StartedAt = now, ReportedAt = now,
            AccountedUntil = Math.Max(now - ToleranceUs, history.AccountedUntil ?? long.MinValue),
            ViewState = isByOwner ? PlayView.Owner : PlayView.Pending, CountedBefore = history.CountedBefore,
        };
    }

    /// <summary>Applies a report that is newer than the last one.</summary>
    /// <param name="play">The play before the report.</param>
    /// <param name="sequence">The sequence number of the report.</param>
    /// <param name="positionMs">The position claimed by the client; any value.</param>
    /// <param name="isStop">Whether the viewer stops at this position.</param>
    /// <param name="now">The instant, in Unix microseconds of this instance's clock.</param>
    /// <param name="viewMinimumMs">The minimum of a view.</param>
    public static Play Report(Play play, long sequence, long positionMs, bool isStop, long now, long viewMinimumMs = ViewMinimumMs)
    {
        var claimed = Claimed(play, positionMs);

        // Time that was not played is lost, except for the tolerance: a pause can't be used for a later jump.
        var from = Math.Max(Math.Max(play.AccountedUntil, play.ReportedAt - ToleranceUs), now - SilenceMaxUs);
        var played = Math.Clamp(claimed - play.FurthestMs, 0, Math.Max(0, now - from) / 1_000);
        var furthest = play.FurthestMs + played;
        var position = Math.Min(claimed, furthest);
        return View(play, furthest - play.StartMs, now, viewMinimumMs) with
        {
            Sequence = sequence,
            FurthestMs = furthest,
            PositionMs = position,
            ReportedAt = Math.Max(play.ReportedAt, now),
            AccountedUntil = from + played * 1_000,
            State = position == play.LengthMs ? PlayStage.Ended : isStop ? PlayStage.Stopped : PlayStage.Playing,
        };
    }

    /// <summary>Returns the position that a report claims, within the video. A report never advances a play beyond it.</summary>
    public static long Claimed(Play play, long positionMs) => Math.Clamp(positionMs, 0, play.LengthMs);

    /// <summary>
    /// Decides the view once the minimum is watched. Its instant is when the minimum was reached, possibly before the report.
    /// </summary>
    private static Play View(Play play, long watchedMs, long now, long minimumMs)
    {
        var needed = Math.Min(minimumMs, play.LengthMs);
        if (play.ViewState != PlayView.Pending || watchedMs < needed)
            return play;
        var viewedAt = Math.Max(now - (watchedMs - needed) * 1_000, play.ReportedAt);
        return play with
        {
            ViewedAt = viewedAt,
            ViewState = IsCounted(play.CountedBefore, viewedAt)
            ? PlayView.Counted : PlayView.Repeated
        };
    }

    /// <summary>Returns the start position of the next play.</summary>
    /// <param name="last">The viewer's last play of the video; null if there was none.</param>
    public static long ResumeMs(Play? last) => last is null or { State: PlayStage.Ended } ? 0 : last.PositionMs;
}
