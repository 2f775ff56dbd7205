using Settlement.SampleHost.Database;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Playback;

/// <summary>Where a viewer's next play of a video begins, said before it does. Thread-safe.</summary>
internal sealed class ResumePoints(PlatformDatabase database)
{
    /// <returns>Milliseconds; 0 for somebody who has not played it, or has to its end.</returns>
    public async Task<long> FindAsync(Caller caller, string videoId, CancellationToken cancellationToken) => caller.Viewer is { } viewer
        ? PlayRules.ResumeMs(await database.ReadAsync(statements => PlayTable.FindLastAsync(statements, viewer, videoId), cancellationToken))
        : 0;
}
