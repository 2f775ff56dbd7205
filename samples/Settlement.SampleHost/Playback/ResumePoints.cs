using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Playback;

/// <summary>Reads the positions at which a viewer's next plays of videos will start. Thread-safe.</summary>
internal sealed class ResumePoints(PlatformDatabase database, VideoTable videos)
{
    /// <summary>Returns the videos that the caller can continue, the last played first.</summary>
    public async Task<IReadOnlyList<Video>> ListAsync(Caller caller, int count, CancellationToken cancellationToken) =>
        caller.Viewer is { } viewer ? await videos.ListUnfinishedAsync(viewer, caller.UserId, count, cancellationToken) : [];

    /// <returns>The position in milliseconds; 0 if the video was not played, or was played to its end.</returns>
    public async Task<long> FindAsync(Caller caller, string videoId, CancellationToken cancellationToken) => caller.Viewer is { } viewer
        ? PlayRules.ResumeMs(
            await database.ReadAsync(statements => PlayTable.FindLastAsync(statements, viewer, videoId), cancellationToken))
        : 0;
}
