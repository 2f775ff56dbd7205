using Settlement.SampleHost.Content;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Playback;

/// <summary>A command of a player. It is executed in memory, on rows locked for it.</summary>
/// <param name="PlayId">The play.</param>
/// <param name="At">The instant, in Unix microseconds of this instance's clock.</param>
internal abstract record PlayCommand(string PlayId, long At)
{
    /// <summary>Executes the command; throws without having changed anything.</summary>
    public abstract Play Execute(PlayGroup group);
}

/// <summary>Starts a play.</summary>
/// <param name="PlayId">The play.</param>
/// <param name="Viewer">The viewer: an account or a browser, never a network address.</param>
/// <param name="At">The instant, in Unix microseconds of this instance's clock.</param>
/// <param name="Video">The video.</param>
/// <param name="UserId">The viewer's account; null without one.</param>
/// <param name="Device">The id of the browser; null for a program.</param>
/// <param name="IsAdmin">Whether the viewer is an admin, who may play private videos.</param>
internal sealed record StartCommand(
    string PlayId, string Viewer, long At, string Video, string? UserId, string? Device, bool IsAdmin = false)
    : PlayCommand(PlayId, At)
{
    public override Play Execute(PlayGroup group)
    {
        if (group.FindVideo(Video) is not { } video || !Catalogue.IsVisible(video, UserId, IsAdmin))
            throw PlatformException.NotFound("video", Video);
        if (group.FindPlay(PlayId) is { } existing)
        {
            return existing.IsOf(Viewer) && existing.VideoId == Video
                ? existing
                : throw PlatformException.Conflict(
                    "The play id is taken", $"Play '{PlayId}' belongs to another viewer or video. Create a new id for each play.");
        }

        var viewing = group.Viewing(Viewer, Video);
        var last = viewing.PlayId is { } id ? group.FindPlay(id) : null;
        var any = group.Viewing(Viewer, Viewing.AnyVideo);
        var current = any.PlayId is { } currentId ? group.FindPlay(currentId) : null;

        // Rows from before schema 6 have no last play of any video: the last play of this video is used then.
        var countedBefore = Latest(viewing.CountedAt, last?.LastCountedAt);
        var begun = PlayRules.Begin(
            PlayId, Video, Viewer, video.PayeeId, video.LengthMs, group.IsByOwner(this, video),
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

    private static long? Latest(long? first, long? second) => first is null || second > first ? second : first;
}

/// <summary>Reports the position of a play, and optionally stops it.</summary>
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
        "The play has ended",
        play.State == PlayStage.Replaced
            ? "The same viewer started another play, possibly in another tab. Only one video at a time is "
                + "counted: continue there, or start again."
            : "It was stopped, or reached the end of the video. Start a new play.");
}

/// <summary>The result of a command.</summary>
/// <param name="Play">The play after the command; null if it failed.</param>
/// <param name="Video">The video of a start; otherwise null.</param>
/// <param name="Placements">The placements of ads in that video.</param>
/// <param name="Failure">The error of this command; null if it succeeded.</param>
internal sealed record PlayResult(Play? Play, Video? Video, IReadOnlyList<Placement> Placements, PlatformException? Failure);
