using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Usage;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Playback;

/// <summary>
/// Commands that share a transaction: their rows are locked and read together, the commands are executed sequentially in memory, and the
/// changed rows are written together. Not thread-safe.
/// </summary>
internal sealed class PlayGroup
{
    private readonly Dictionary<string, Play> _plays = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Viewer, string VideoId), Viewing> _viewings = [];
    private readonly HashSet<string> _added = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedPlays = new(StringComparer.Ordinal);
    private readonly HashSet<(string Viewer, string VideoId)> _changedViewings = [];
    private readonly List<UsageEvent> _events = [];
    private readonly HashSet<(string Device, string UserId)> _devices = [];
    private readonly Dictionary<(string Device, string UserId), long> _addedDevices = [];
    private Dictionary<string, Video> _videos = [];
    private ILookup<string, Placement> _placements = Array.Empty<Placement>().ToLookup(_ => "");

    /// <summary>Executes commands in order, within the caller's transaction.</summary>
    /// <returns>The results, valid after the commit. A failed command leaves no change and does not affect the others.</returns>
    public static async Task<PlayResult[]> ExecuteAsync(Sql statements, PlayUsage usage, IReadOnlyList<PlayCommand> commands)
    {
        var group = new PlayGroup();
        await group.ReadAsync(statements, commands);
        var results = commands.Select(group.Execute).ToArray();
        await statements.WriteAsync(
            PlayTable.Add(group._added.Select(id => group._plays[id])),
            PlayTable.Update(group._changedPlays.Select(id => group._plays[id])),
            PlayTable.Update(group._changedViewings.Select(key => group._viewings[key])), DeviceTable.Add(group._addedDevices));
        await usage.WriteAsync(statements, group._events);
        return results;
    }

    public Video? FindVideo(string videoId) => _videos.GetValueOrDefault(videoId);

    public Play? FindPlay(string playId) => _plays.GetValueOrDefault(playId);

    public Viewing Viewing(string viewer, string videoId) => _viewings[(viewer, videoId)];

    /// <summary>Returns the placements of a video that is started in this group; otherwise those that its reports may cross.</summary>
    public IEnumerable<Placement> Placements(string videoId) => _placements[videoId];

    public void Put(Play play)
    {
        if (_plays.ContainsKey(play.PlayId))
        {
            if (!_added.Contains(play.PlayId))
                _changedPlays.Add(play.PlayId);
        }
        else
        {
            _added.Add(play.PlayId);
        }

        _plays[play.PlayId] = play;
    }

    public void Put(Viewing viewing)
    {
        _viewings[(viewing.Viewer, viewing.VideoId)] = viewing;
        _changedViewings.Add((viewing.Viewer, viewing.VideoId));
    }

    /// <summary>Whether the viewer is the owner: by the account, or by a device from which the owner has logged in.</summary>
    public bool IsByOwner(StartCommand start, Video video) =>
        start.UserId == video.OwnerId || (start.Device is not null && _devices.Contains((start.Device, video.OwnerId)));

    /// <summary>Records a device as one of an account's known devices.</summary>
    public void RecordDevice(string device, string userId, long at)
    {
        if (_devices.Add((device, userId)))
            _addedDevices.Add((device, userId), at);
    }

    public void Add(IEnumerable<UsageEvent> events) => _events.AddRange(events);

    private async Task ReadAsync(Sql statements, IReadOnlyList<PlayCommand> commands)
    {
        var starts = commands.OfType<StartCommand>().ToList();
        var (videos, placements) = await PlayTable.ListVideosAsync(statements, starts.Select(s => s.Video));
        _videos = videos.ToDictionary(v => v.VideoId, StringComparer.Ordinal);

        // A start locks the viewings first, then the plays; a report locks only its play. If another instance starts a play of the same id
        // concurrently, the group fails; then each command is executed separately and finds the existing play.
        foreach (var start in starts.Where(s => _videos.ContainsKey(s.Video)))
        {
            foreach (var videoId in (string[])[Playback.Viewing.AnyVideo, start.Video])
                _viewings.TryAdd((start.Viewer, videoId), new Viewing { Viewer = start.Viewer, VideoId = videoId });
        }

        foreach (var viewing in await PlayTable.LockViewingsAsync(statements, _viewings.Keys))
            _viewings[(viewing.Viewer, viewing.VideoId)] = viewing;
        var playIds = commands.Select(a => a.PlayId).Concat(_viewings.Values.Select(v => v.PlayId).OfType<string>());
        foreach (var play in await PlayTable.LockAsync(statements, playIds))
            _plays.Add(play.PlayId, play);
        _devices.UnionWith(await DeviceTable.ListAsync(statements, starts.Select(s => s.Device).OfType<string>()));

        var crossed = await PlayTable.FindPlacementsAsync(statements, commands.OfType<ReportCommand>().SelectMany(Crossed));
        _placements = placements.UnionBy(crossed, p => p.ItemId).OrderBy(p => p.PositionMs)
            .ToLookup(p => PlacementRule.VideoOf(p.ItemId), StringComparer.Ordinal);
    }

    /// <summary>
    /// Returns the placements between the stored position and the claimed one. Earlier reports of the group may already have passed some.
    /// </summary>
    private IEnumerable<string> Crossed(ReportCommand report) => FindPlay(report.PlayId) is not { } play ? []
        : PlacementRule.Crossed(play.FurthestMs, PlayRules.Claimed(play, report.PositionMs))
            .Select(number => PlacementRule.ItemId(play.VideoId, number));

    private PlayResult Execute(PlayCommand command)
    {
        try
        {
            var play = command.Execute(this);
            return command is StartCommand
                ? new PlayResult(play, FindVideo(play.VideoId), [.. _placements[play.VideoId]], null)
                : new PlayResult(play, null, [], null);
        }
        catch (PlatformException e)
        {
            return new PlayResult(null, null, [], e);
        }
    }
}
