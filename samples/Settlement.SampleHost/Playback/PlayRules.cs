namespace Settlement.SampleHost.Playback;

/// <summary>
/// What counts of a play, whatever its client says. Only arithmetic: the same inputs give the same play. A report moves a play no further than
/// time went by, so nobody gains by jumping or by reporting twice; a second of a video counts once in a play, so nobody gains by going back; and
/// a play starts with the time that the viewer's play before it left, so nobody gains by playing several videos.
/// </summary>
internal static class PlayRules
{
    /// <summary>How much further than the clock a viewer's plays may be in all: what a slow network makes of an honest player.</summary>
    public const long ToleranceUs = 2_000_000;

    /// <summary>
    /// As much time as one report may account for. A player reports every few seconds; one that could not reach the server for some minutes loses
    /// nothing, and nobody books a day's watching with one report.
    /// </summary>
    public const long SilenceMaxUs = 360_000_000;

    /// <summary>A view of the same viewer and video is counted only more than this after the last counted one.</summary>
    public const long RepeatUs = 30_000_000;

    /// <summary>How much of a video a view needs, by default. Of a shorter video: all of it.</summary>
    public const long ViewMinimumMs = 3_000;

    /// <summary>What a new play knows of the viewer's plays before it.</summary>
    /// <param name="ResumeMs">Where the video goes on.</param>
    /// <param name="CountedBefore">The viewer's last counted view of the video; null when there was none.</param>
    /// <param name="AccountedUntil">Up to when time was turned into progress, of whichever video; null for a viewer's first play.</param>
    public readonly record struct History(long ResumeMs, long? CountedBefore, long? AccountedUntil);

    /// <summary>Whether a view is counted. A clock that went back is no time that went by: then it isn't either.</summary>
    public static bool IsCounted(long? lastCountedAt, long viewedAt) => lastCountedAt is not { } last || viewedAt - last > RepeatUs;

    public static Play Begin(string playId, string videoId, string viewer, string payeeId, long lengthMs, bool isByOwner, History history, long now)
    {
        var resumeMs = history.ResumeMs;
        // A video that was made shorter since begins anew.
        var start = resumeMs < lengthMs ? resumeMs : 0;
        return new Play
        {
            PlayId = playId, VideoId = videoId, Viewer = viewer, PayeeId = payeeId, LengthMs = lengthMs, StartMs = start,
            FurthestMs = start, PositionMs = start, StartedAt = now, ReportedAt = now,
            AccountedUntil = Math.Max(now - ToleranceUs, history.AccountedUntil ?? long.MinValue),
            ViewState = isByOwner ? PlayView.Owner : PlayView.Pending, CountedBefore = history.CountedBefore,
        };
    }

    /// <summary>Takes a report that is newer than the last.</summary>
    /// <param name="play">As it was.</param>
    /// <param name="sequence">The report's number.</param>
    /// <param name="positionMs">Where the client says it is: anything.</param>
    /// <param name="isStop">Whether the viewer stops there.</param>
    /// <param name="now">This host's clock.</param>
    /// <param name="viewMinimumMs">How much of a video a view needs.</param>
    public static Play Report(Play play, long sequence, long positionMs, bool isStop, long now, long viewMinimumMs = ViewMinimumMs)
    {
        var asked = Math.Clamp(positionMs, 0, play.LengthMs);

        // Time that was not played is lost, but for the tolerance: a pause saves up nothing to jump with.
        var from = Math.Max(Math.Max(play.AccountedUntil, play.ReportedAt - ToleranceUs), now - SilenceMaxUs);
        var played = Math.Clamp(asked - play.FurthestMs, 0, Math.Max(0, now - from) / 1_000);
        var furthest = play.FurthestMs + played;
        var position = Math.Min(asked, furthest);
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

    /// <summary>Decides about the view once the minimum is watched. Its instant is when that was, which may be before the report.</summary>
    private static Play View(Play play, long watchedMs, long now, long minimumMs)
    {
        var needed = Math.Min(minimumMs, play.LengthMs);
        if (play.ViewState != PlayView.Pending || watchedMs < needed)
            return play;
        var viewedAt = Math.Max(now - (watchedMs - needed) * 1_000, play.ReportedAt);
        return play with { ViewedAt = viewedAt, ViewState = IsCounted(play.CountedBefore, viewedAt) ? PlayView.Counted : PlayView.Repeated };
    }

    /// <summary>Where the next play begins.</summary>
    /// <param name="last">The viewer's last play of the video; null when there was none.</param>
    public static long ResumeMs(Play? last) => last is null or { State: PlayStage.Ended } ? 0 : last.PositionMs;
}
