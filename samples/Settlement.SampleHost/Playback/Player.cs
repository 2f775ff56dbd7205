using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Playback;

/// <summary>Where a play is, as the server has it: a player that thinks otherwise goes there.</summary>
/// <param name="PlayId">The play.</param>
/// <param name="VideoId">Its video.</param>
/// <param name="State">Whether it goes on.</param>
/// <param name="PositionSeconds">Where the viewer is.</param>
/// <param name="FurthestSeconds">How far it really got.</param>
/// <param name="LengthSeconds">The video's length when the play began.</param>
/// <param name="IsCounted">Whether its view is counted, which is known once the minimum is watched.</param>
/// <param name="View">What became of the view.</param>
/// <param name="Sequence">The number of the last report; the next one's is greater.</param>
internal sealed record PlayState(
    string PlayId, string VideoId, PlayStage State, decimal PositionSeconds, decimal FurthestSeconds, decimal LengthSeconds, bool IsCounted,
    PlayView View, long Sequence)
{
    public static PlayState Of(Play play) => new(
        play.PlayId, play.VideoId, play.State, play.PositionMs / 1_000m, play.FurthestMs / 1_000m, play.LengthMs / 1_000m,
        play.ViewState == PlayView.Counted, play.ViewState, play.Sequence);
}

/// <summary>What a player begins with.</summary>
internal sealed record StartedPlay(PlayState Play, string Title, string? Source, IReadOnlyList<Placement> Placements);

/// <summary>Plays videos: starts, takes reports, stops. Each command commits with the events that follow from it. Thread-safe.</summary>
internal sealed class Player(PlatformDatabase database, PlayWriter writer, PlayOptions options, TimeProvider clock)
{
    /// <summary>
    /// Starts a play: at 0 the first time, else where the viewer last stopped. A play of the same viewer that is under way, of this video or of
    /// another one, ends.
    /// </summary>
    /// <param name="caller">The viewer.</param>
    /// <param name="videoId">The video.</param>
    /// <param name="playId">An id of the client's own: a start that is sent again gives the same play. Null for a new one.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    public async Task<StartedPlay> StartAsync(Caller caller, string videoId, Guid? playId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = (playId ?? Guid.CreateVersion7(now)).ToString("N");
        var answer = await writer.ExecuteAsync(
            new StartCommand(id, caller.RequireViewer(), UnixMicroseconds.From(now), videoId, caller.UserId, caller.Device), cancellationToken);
        return new StartedPlay(PlayState.Of(answer.Play!), answer.Video!.Title, answer.Video.Source, answer.Placements);
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
            throw PlatformException.BadRequest($"sequence is {sequence}. Number a play's reports from 1.");
        var positionMs = (long)(Math.Clamp(positionSeconds, 0, int.MaxValue) * 1_000);
        var answer = await writer.ExecuteAsync(
            new ReportCommand(
                Id(playId), caller.Viewer, UnixMicroseconds.From(clock.GetUtcNow()), sequence, positionMs, isStop,
                (long)options.ViewMinimum.TotalMilliseconds),
            cancellationToken);
        return PlayState.Of(answer.Play!);
    }

    public async Task<PlayState> FindAsync(Caller caller, string playId, CancellationToken cancellationToken)
    {
        var play = await database.ReadAsync(statements => PlayTable.FindAsync(statements, Id(playId)), cancellationToken);
        return play is not null && play.IsOf(caller.Viewer) ? PlayState.Of(play) : throw PlatformException.NotFound("play", playId);
    }

    private static string Id(string playId) => Guid.TryParseExact(playId, "N", out var guid) || Guid.TryParseExact(playId, "D", out guid) ? guid.ToString("N") : throw PlatformException.NotFound("play", playId);
}
