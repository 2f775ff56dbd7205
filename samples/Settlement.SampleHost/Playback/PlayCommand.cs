using Settlement.SampleHost.Content;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Playback;

/// <summary>What a viewer does with a play. It is worked out in memory, on what is locked for it.</summary>
/// <param name="PlayId">The play.</param>
/// <param name="At">When: Unix microseconds of this host's clock.</param>
internal abstract record PlayCommand(string PlayId, long At)
{
    /// <summary>Does it, or throws and has changed nothing.</summary>
    public abstract Play Execute(PlayGroup group);
}

/// <summary>Starts a play.</summary>
/// <param name="PlayId">The play.</param>
/// <param name="Viewer">Who watches: an account or a browser, never a network address.</param>
/// <param name="At">When: Unix microseconds of this host's clock.</param>
/// <param name="Video">What is watched.</param>
/// <param name="UserId">The viewer's account; null without one.</param>
/// <param name="Device">The browser it comes from; null for a program.</param>
internal sealed record StartCommand(string PlayId, string Viewer, long At, string Video, string? UserId, string? Device) : PlayCommand(PlayId, At)
{
    public override Play Execute(PlayGroup group)
    {
        var video = group.FindVideo(Video) ?? throw PlatformException.NotFound("video", Video);
        if (group.FindPlay(PlayId) is { } there)
        {
            return there.IsOf(Viewer) && there.VideoId == Video
                ? there
                : throw PlatformException.Conflict("The play's id is taken", $"Play '{PlayId}' is another one. Make a new id for each play.");
        }

        var viewing = group.Viewing(Viewer, Video);
        var last = viewing.PlayId is { } id ? group.FindPlay(id) : null;
        var any = group.Viewing(Viewer, Viewing.AnyVideo);
        var current = any.PlayId is { } currentId ? group.FindPlay(currentId) : null;

        // Plays of before the viewer's last one was kept name none: the last one of this video is the latest that is known then.
        var countedBefore = Latest(viewing.CountedAt, last?.LastCountedAt);
        var begun = PlayRules.Begin(
            PlayId, Video, Viewer, video.PayeeId, video.LengthMs, group.IsOwn(this, video),
            new PlayRules.History(PlayRules.ResumeMs(last), countedBefore, Latest(current?.AccountedUntil, last?.AccountedUntil)), At);
        foreach (var other in new[] { last, current }.OfType<Play>().Where(p => p.State == PlayStage.Playing).DistinctBy(p => p.PlayId))
            group.Put(other with { State = PlayStage.Replaced });
        group.Put(begun);
        group.Put(viewing with { PlayId = PlayId, CountedAt = countedBefore });
        group.Put(any with { PlayId = PlayId });
        if (UserId is not null && Device is not null)
            group.RecordDevice(Device, UserId, At);
        return begun;
    }

    private static long? Latest(long? one, long? other) => one is null || other > one ? other : one;
}

/// <summary>Says where a play is.</summary>
internal sealed record ReportCommand(
    string PlayId, string? Viewer, long At, long Sequence, long PositionMs, bool IsStop, long ViewMinimumMs = PlayRules.ViewMinimumMs)
    : PlayCommand(PlayId, At)
{
    public override Play Execute(PlayGroup group)
    {
        if (group.FindPlay(PlayId) is not { } before || !before.IsOf(Viewer))
            throw PlatformException.NotFound("play", PlayId);
        if (Sequence <= before.Sequence)
            return before;
        if (before.State != PlayStage.Playing)
            throw Ended(before);
        var after = PlayRules.Report(before, Sequence, PositionMs, IsStop, At, ViewMinimumMs);
        group.Put(after);
        group.Add(PlayEvents.OfProgress(before, after, group.Placements(after.VideoId), At));
        return after;
    }

    private static PlatformException Ended(Play play) => PlatformException.Conflict(
        "The play is over",
        play.State == PlayStage.Replaced
            ? "The same viewer started another play, perhaps in another tab: one video at a time counts. Go on there, or start again."
            : "It was stopped, or reached the video's end. Start another.");
}

/// <summary>What came of an command.</summary>
/// <param name="Play">The play after it; null when it failed.</param>
/// <param name="Video">The video that was asked for, if any.</param>
/// <param name="Placements">The places of that video's ads.</param>
/// <param name="Failure">Why it failed, alone.</param>
internal sealed record PlayResult(Play? Play, Video? Video, IReadOnlyList<Placement> Placements, PlatformException? Failure);
