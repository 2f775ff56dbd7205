namespace Settlement.SampleHost.Playback;

/// <summary>
/// What counts of a play, whatever its client says. Only arithmetic: the same inputs give the same play. A report moves a play no further than
/// time went by, so nobody gains by jumping, by reporting twice or by a second tab; and a second of a video counts once in a play, so nobody
/// gains by going back.
/// </summary>
internal static class PlayRules
{
    /// <summary>How much further than the clock a play may be in all: what a slow network makes of an honest player.</summary>
    public const long ToleranceUs = 2_000_000;

    /// <summary>
    /// As much time as one report may account for. A player reports every few seconds; one that could not reach the server for some minutes loses
    /// nothing, and nobody books a day's watching with one report.
    /// </summary>
    public const long SilenceMaxUs = 360_000_000;

    /// <summary>A play of the same viewer and video counts only more than this after the last one that counted.</summary>
    public const long RepeatUs = 30_000_000;

    /// <summary>A clock that went back is no time that went by: then it doesn't count either.</summary>
    public static bool Counts(Viewing viewing, bool isOwner, long now) =>
        !isOwner && (viewing.CountedAt is not { } last || now - last > RepeatUs);

    public static Play Begin(string playId, string videoId, string viewer, string payeeId, long lengthMs, long resumeMs, bool isCounted, long now)
    {
        // A video that was made shorter since begins anew.
        var start = resumeMs < lengthMs ? resumeMs : 0;
        return new Play
        {
            PlayId = playId, VideoId = videoId, Viewer = viewer, PayeeId = payeeId, LengthMs = lengthMs, IsCounted = isCounted, StartMs = start,
            FurthestMs = start, PositionMs = start, StartedAt = now, ReportedAt = now, AccountedUntil = now - ToleranceUs,
        };
    }

    /// <summary>Takes a report that is newer than the last.</summary>
    /// <param name="play">As it was.</param>
    /// <param name="sequence">The report's number.</param>
    /// <param name="positionMs">Where the client says it is: anything.</param>
    /// <param name="isStop">Whether the viewer stops there.</param>
    /// <param name="now">This host's clock.</param>
    public static Play Report(Play play, long sequence, long positionMs, bool isStop, long now)
    {
        var asked = Math.Clamp(positionMs, 0, play.LengthMs);

        // Time that was not played is lost, but for the tolerance: a pause saves up nothing to jump with.
        var from = Math.Max(Math.Max(play.AccountedUntil, play.ReportedAt - ToleranceUs), now - SilenceMaxUs);
        var played = Math.Clamp(asked - play.FurthestMs, 0, Math.Max(0, now - from) / 1_000);
        var furthest = play.FurthestMs + played;
        var position = Math.Min(asked, furthest);
        return play with
        {
            Sequence = sequence,
            FurthestMs = furthest,
            PositionMs = position,
            ReportedAt = Math.Max(play.ReportedAt, now),
            AccountedUntil = from + played * 1_000,
            State = position == play.LengthMs ? PlayStage.Ended : isStop ? PlayStage.Stopped : PlayStage.Playing,
        };
    }

    /// <summary>Where the next play begins.</summary>
    /// <param name="last">The viewer's last play of the video; null when there was none.</param>
    public static long ResumeMs(Play? last) => last is null or { State: PlayStage.Ended } ? 0 : last.PositionMs;
}
