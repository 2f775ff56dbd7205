using Settlement.Calendars;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Playback;

/// <summary>Where a play is, as the server has it: a player that thinks otherwise goes there.</summary>
/// <param name="PlayId">The play.</param>
/// <param name="VideoId">Its video.</param>
/// <param name="State">Whether it goes on.</param>
/// <param name="PositionSeconds">Where the viewer is.</param>
/// <param name="FurthestSeconds">How far it really got.</param>
/// <param name="LengthSeconds">The video's length when the play began.</param>
/// <param name="IsCounted">Whether it counts as a view.</param>
/// <param name="Sequence">The number of the last report; the next one's is greater.</param>
internal sealed record PlayState(
    string PlayId, string VideoId, PlayStage State, decimal PositionSeconds, decimal FurthestSeconds, decimal LengthSeconds, bool IsCounted, long Sequence)
{
    public static PlayState Of(Play play) => new(
        play.PlayId, play.VideoId, play.State, play.PositionMs / 1_000m, play.FurthestMs / 1_000m, play.LengthMs / 1_000m, play.IsCounted, play.Sequence);
}

/// <summary>What a player begins with.</summary>
internal sealed record StartedPlay(PlayState Play, string Title, string? Source, IReadOnlyList<Placement> Placements);

/// <summary>Plays videos: starts, takes reports, stops. Each act commits with the events that follow from it. Thread-safe.</summary>
internal sealed class Player(PlatformDatabase database, VideoTable videos, EventOutbox outbox, TimeProvider clock)
{
    /// <summary>
    /// Starts a play: at 0 the first time, else where the viewer last stopped. Whether it counts and that it is counted is one atomic act. A play
    /// of the same viewer that is under way, in another tab, ends.
    /// </summary>
    /// <param name="caller">The viewer.</param>
    /// <param name="videoId">The video.</param>
    /// <param name="playId">An id of the client's own: a start that is sent again gives the same play. Null for a new one.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    public async Task<StartedPlay> StartAsync(Caller caller, string videoId, Guid? playId, CancellationToken cancellationToken)
    {
        var video = await videos.FindAsync(videoId, cancellationToken) ?? throw PlatformException.NotFound("video", videoId);
        var placements = await videos.ListPlacementsAsync(videoId, cancellationToken);
        var id = (playId ?? Guid.CreateVersion7(clock.GetUtcNow())).ToString("N");
        var now = UnixMicroseconds.From(clock.GetUtcNow());
        var play = await database.WriteAsync(
            async statements =>
            {
                var viewing = await PlayTable.LockAsync(database, statements, videoId, caller.Viewer);
                if (playId is not null && await PlayTable.FindAsync(statements, id) is { } there)
                {
                    return there.Viewer == caller.Viewer && there.VideoId == videoId
                        ? there
                        : throw PlatformException.Conflict("The play's id is taken", $"Play '{id}' is another one. Make a new id for each play.");
                }

                var isCounted = PlayRules.Counts(viewing, isOwner: caller.UserId == video.OwnerId, now);
                var begun = PlayRules.Begin(id, videoId, caller.Viewer, video.PayeeId, video.LengthMs, viewing, isCounted, now);
                await PlayTable.AddAsync(statements, begun, viewing);
                await EventOutbox.AddAsync(statements, PlayEvents.OfStart(begun));
                return begun;
            },
            cancellationToken);
        outbox.Signal();
        return new StartedPlay(PlayState.Of(play), video.Title, video.Source, placements);
    }

    /// <summary>Takes a report of where a play is. One that was taken already, or is older than the last, changes nothing.</summary>
    /// <param name="caller">The viewer.</param>
    /// <param name="playId">The play.</param>
    /// <param name="sequence">Greater with each report, from 1.</param>
    /// <param name="positionSeconds">Where the player is; what can't be so is not believed.</param>
    /// <param name="isStop">Whether the viewer stops.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    /// <returns>Where the play really is.</returns>
    public async Task<PlayState> ReportAsync(
        Caller caller, string playId, long sequence, decimal positionSeconds, bool isStop, CancellationToken cancellationToken)
    {
        if (sequence < 1)
            throw PlatformException.Wrong($"sequence is {sequence}. Number a play's reports from 1.");
        var known = await FindOwnAsync(caller, playId, cancellationToken);
        var placements = await videos.ListPlacementsAsync(known.VideoId, cancellationToken);
        var positionMs = (long)(Math.Clamp(positionSeconds, 0, int.MaxValue) * 1_000);
        var now = UnixMicroseconds.From(clock.GetUtcNow());
        var play = await database.WriteAsync(
            async statements =>
            {
                await PlayTable.LockAsync(database, statements, known.VideoId, known.Viewer);
                var before = (await PlayTable.FindAsync(statements, known.PlayId))!;
                if (sequence <= before.Sequence)
                    return before;
                if (before.State != PlayStage.Playing)
                    throw Ended(before);
                var after = PlayRules.Report(before, sequence, positionMs, isStop, now);
                await PlayTable.UpdateAsync(statements, after);
                await EventOutbox.AddAsync(statements, PlayEvents.OfProgress(before, after, placements, now));
                return after;
            },
            cancellationToken);
        outbox.Signal();
        return PlayState.Of(play);
    }

    public async Task<PlayState> FindAsync(Caller caller, string playId, CancellationToken cancellationToken) =>
        PlayState.Of(await FindOwnAsync(caller, playId, cancellationToken));

    /// <summary>
    /// A play of an account is that account's alone. One without is whoever's knows its id, which can't be guessed: a phone's address changes
    /// on the way.
    /// </summary>
    private async Task<Play> FindOwnAsync(Caller caller, string playId, CancellationToken cancellationToken)
    {
        var id = Guid.TryParse(playId, out var guid) ? guid.ToString("N") : "";
        var play = await database.ReadAsync(statements => PlayTable.FindAsync(statements, id), cancellationToken);
        return play is not null && (play.Viewer == caller.Viewer || play.Viewer.StartsWith("address:", StringComparison.Ordinal))
            ? play
            : throw PlatformException.NotFound("play", playId);
    }

    private static PlatformException Ended(Play play) => PlatformException.Conflict(
        "The play is over",
        play.State == PlayStage.Replaced
            ? "The same viewer began another play of this video, perhaps in another tab. Go on there, or start again."
            : "It was stopped, or reached the video's end. Start another.");
}
