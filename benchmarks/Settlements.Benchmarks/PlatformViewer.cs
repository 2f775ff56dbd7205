using Microsoft.Extensions.DependencyInjection;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Users;

namespace Settlements.Benchmarks;

/// <summary>
/// A viewer who watches one video after another like the page's player: it starts, reports its position ten times, and stops. Its clock
/// advances 30 s with each operation, so that the operations don't depend on response times and some of them pass an ad.
/// </summary>
internal sealed class PlatformViewer
{
    private const int ReportsAPlay = 10;
    private const int StepSeconds = 30;

    private readonly Caller _caller;
    private readonly StepClock _clock = new();
    private readonly Player _player;
    private readonly IReadOnlyList<string> _videoIds;
    private readonly int _number;
    private PlayState? _play;

    public PlatformViewer(IServiceProvider services, IReadOnlyList<string> videoIds, int number)
    {
        (_videoIds, _number) = (videoIds, number);
        _caller = new Caller(null, null, $"device:{number}", IsCreator: false, IsAdmin: false);
        _player = new Player(
            services.GetRequiredService<PlatformDatabase>(), services.GetRequiredService<PlayWriter>(), new PlayOptions(), _clock);
    }

    public long Starts { get; private set; }

    public long Reports { get; private set; }

    /// <summary>Performs the next start, report or stop.</summary>
    public async Task ActAsync()
    {
        _clock.Step();
        if (_play is not { State: PlayStage.Playing, Sequence: < ReportsAPlay })
        {
            var videoId = _videoIds[(int)((_number + Starts) % _videoIds.Count)];
            _play = (await _player.StartAsync(_caller, videoId, null, CancellationToken.None)).Play;
            Starts++;
            return;
        }

        _play = await _player.ReportAsync(
            _caller, _play.PlayId, _play.Sequence + 1, _play.PositionSeconds + StepSeconds, isStop: _play.Sequence + 1 == ReportsAPlay,
            CancellationToken.None);
        Reports++;
    }

    private sealed class StepClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddYears(50);

        public void Step() => _now = _now.AddSeconds(StepSeconds);

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
