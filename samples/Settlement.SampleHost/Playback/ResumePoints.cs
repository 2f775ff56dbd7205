using Settlement.SampleHost.Database;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Playback;

/// <summary>Reads the position at which a viewer's next play of a video will start. Thread-safe.</summary>
internal sealed class ResumePoints(PlatformDatabase database)
{
    /// <returns>The position in milliseconds; 0 if the video was not played, or was played to its end.</returns>
    public async Task<long> FindAsync(Caller caller, string videoId, CancellationToken cancellationToken) => caller.Viewer is { } viewer
        ? PlayRules.ResumeMs(
            await database.ReadAsync(statements => PlayTable.FindLastAsync(statements, viewer, videoId), cancellationToken))
        : 0;
}
