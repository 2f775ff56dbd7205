using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Playback;

/// <summary>The state of a play on the server, which is authoritative for the player.</summary>
/// <param name="PlayId">The play.</param>
/// <param name="VideoId">The video.</param>
/// <param name="State">The state.</param>
/// <param name="PositionSeconds">The accepted position.</param>
/// <param name="FurthestSeconds">The furthest accepted position.</param>
/// <param name="LengthSeconds">The length of the video when the play started.</param>
/// <param name="IsCounted">Whether the view is counted; decided once the minimum is watched.</param>
/// <param name="View">The state of the view.</param>
/// <param name="Sequence">The sequence number of the last report; that of the next one must be greater.</param>
internal sealed record PlayState(
    string PlayId, string VideoId, PlayStage State, decimal PositionSeconds, decimal FurthestSeconds, decimal LengthSeconds, bool IsCounted,
    PlayView View, long Sequence)
{
    public static PlayState Of(Play play) => new(
        play.PlayId, play.VideoId, play.State, play.PositionMs / 1_000m, play.FurthestMs / 1_000m, play.LengthMs / 1_000m,
        play.ViewState == PlayView.Counted, play.ViewState, play.Sequence);
}

/// <summary>A started play, with the data that a player needs.</summary>
internal sealed record StartedPlay(PlayState Play, string Title, string? Source, IReadOnlyList<Placement> Placements);

/// <summary>Starts plays and accepts reports. Each change is committed together with its usage events. Thread-safe.</summary>
internal sealed class Player(PlatformDatabase database, PlayWriter writer, PlayOptions options, TimeProvider clock)
{
    /// <summary>
    /// Starts a play at the position where the viewer last stopped, or at 0. Replaces a running play of the same viewer, of any video.
    /// </summary>
    /// <param name="caller">The viewer.</param>
    /// <param name="videoId">The video.</param>
    /// <param name="playId">An id chosen by the client: a repeated start returns the same play. Null to create one.</param>
    /// <param name="cancellationToken">Cancels the call before the commit.</param>
    public async Task<StartedPlay> StartAsync(Caller caller, string videoId, Guid? playId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = (playId ?? Guid.CreateVersion7(now)).ToString("N");
        var result = await writer.ExecuteAsync(
            new StartCommand(id, caller.RequireViewer(), UnixMicroseconds.From(now), videoId, caller.UserId, caller.Device, caller.IsAdmin),
            cancellationToken);
        return new StartedPlay(PlayState.Of(result.Play!), result.Video!.Title, result.Video.Source, result.Placements);
    }

    /// <summary>Accepts a report of a position. A repeated report, or one older than the last, changes nothing.</summary>
    /// <param name="caller">The viewer.</param>
    /// <param name="playId">The play.</param>
    /// <param name="sequence">The sequence number, increasing from 1.</param>
    /// <param name="positionSeconds">The position of the player; impossible positions are limited by <see cref="PlayRules"/>.</param>
    /// <param name="isStop">Whether the viewer stops.</param>
    /// <param name="cancellationToken">Cancels the call before the commit.</param>
    /// <returns>The accepted state of the play.</returns>
    public async Task<PlayState> ReportAsync(
        Caller caller, string playId, long sequence, decimal positionSeconds, bool isStop, CancellationToken cancellationToken)
    {
        if (sequence < 1)
            throw PlatformException.BadRequest($"sequence is {sequence}. Number the reports of a play from 1.");
        var positionMs = (long)(Math.Clamp(positionSeconds, 0, int.MaxValue) * 1_000);
        var result = await writer.ExecuteAsync(
            new ReportCommand(
                Id(playId), caller.Viewer, UnixMicroseconds.From(clock.GetUtcNow()), sequence, positionMs, isStop,
                (long)options.ViewMinimum.TotalMilliseconds),
            cancellationToken);
        return PlayState.Of(result.Play!);
    }

    public async Task<PlayState> FindAsync(Caller caller, string playId, CancellationToken cancellationToken)
    {
        var play = await database.ReadAsync(statements => PlayTable.FindAsync(statements, Id(playId)), cancellationToken);
        return play is not null && play.IsOf(caller.Viewer) ? PlayState.Of(play) : throw PlatformException.NotFound("play", playId);
    }

    private static string Id(string playId) =>
        Guid.TryParseExact(playId, "N", out var guid) || Guid.TryParseExact(playId, "D", out guid)
            ? guid.ToString("N")
            : throw PlatformException.NotFound("play", playId);
}
