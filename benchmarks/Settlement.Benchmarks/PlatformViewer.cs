using Microsoft.Extensions.DependencyInjection;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Users;

namespace Settlement.Benchmarks;

/// <summary>
/// A viewer who watches one video after another as the page's player does: it starts, reports where it is ten times, and stops. The clock is the
/// host's, made faster, so that time goes by between two reports.
/// </summary>
internal sealed class PlatformViewer(IServiceProvider services, IReadOnlyList<string> videoIds, int number)
{
    private const int ReportsAPlay = 10;
    private const int TimesFaster = 1_500;

    private static readonly FastClock Clock = new();

    private readonly Caller _caller = new(null, null, $"address:{number}", IsCreator: false, IsAdmin: false);
    private readonly Player _player = new(services.GetRequiredService<PlatformDatabase>(), services.GetRequiredService<PlayWriter>(), Clock);
    private PlayState? _play;
    private DateTimeOffset _reportedAt;

    public long Starts { get; private set; }

    public long Reports { get; private set; }

    /// <summary>The next start, report or stop.</summary>
    public async Task ActAsync()
    {
        if (_play is not { State: PlayStage.Playing, Sequence: < ReportsAPlay })
        {
            _reportedAt = Clock.GetUtcNow();
            var videoId = videoIds[(int)((number + Starts) % videoIds.Count)];
            _play = (await _player.StartAsync(_caller, videoId, null, CancellationToken.None)).Play;
            Starts++;
            return;
        }

        var now = Clock.GetUtcNow();
        var position = _play.PositionSeconds + (decimal)(now - _reportedAt).TotalSeconds;
        _reportedAt = now;
        _play = await _player.ReportAsync(
            _caller, _play.PlayId, _play.Sequence + 1, position, isStop: _play.Sequence + 1 == ReportsAPlay, CancellationToken.None);
        Reports++;
    }

    private sealed class FastClock : TimeProvider
    {
        private readonly long _begun = System.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50) + System.GetElapsedTime(_begun) * TimesFaster;
    }
}
