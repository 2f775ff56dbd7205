using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Playback;

/// <summary>
/// Acts that share a transaction: what they need is locked and read at once, they are done one after the other in memory, and what they changed
/// is written at once. Not thread-safe.
/// </summary>
internal sealed class PlayGroup
{
    /// <summary>As many as the settlement's writer takes at a time by default.</summary>
    private const int EventsMax = 1_000;

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

    /// <summary>Does commands in their order, in a transaction of the caller's.</summary>
    /// <returns>What came of each, to be told after the commit. One that fails leaves nothing behind, and the others don't notice.</returns>
    public static async Task<PlayResult[]> ExecuteAsync(Sql statements, UsageWriter events, IReadOnlyList<PlayCommand> commands)
    {
        var group = new PlayGroup();
        await group.ReadAsync(statements, commands);
        var answers = commands.Select(group.Answer).ToArray();
        await PlayTable.AddAsync(statements, group._added.Select(id => group._plays[id]));
        await PlayTable.UpdateAsync(statements, group._changedPlays.Select(id => group._plays[id]));
        await PlayTable.UpdateAsync(statements, group._changedViewings.Select(key => group._viewings[key]));
        await DeviceTable.AddAsync(statements, group._addedDevices);
        foreach (var some in group._events.Chunk(EventsMax))
            await events.WriteAsync(statements.Transaction, some);
        return answers;
    }

    public Video? FindVideo(string videoId) => _videos.GetValueOrDefault(videoId);

    public Play? FindPlay(string playId) => _plays.GetValueOrDefault(playId);

    public Viewing Viewing(string viewer, string videoId) => _viewings[(viewer, videoId)];

    /// <summary>Those of a video that is played from its start here, or that a report says it has come to.</summary>
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

    /// <summary>Whether a play is the owner's: by the account, or from a device on which the owner has been logged in.</summary>
    public bool IsOwn(StartCommand start, Video video) =>
        start.UserId == video.OwnerId || (start.Device is not null && _devices.Contains((start.Device, video.OwnerId)));

    /// <summary>An account is logged in on a device: it is one of the account's from now on.</summary>
    public void RecordDevice(string device, string userId, long at)
    {
        if (_devices.Add((device, userId)))
            _addedDevices.Add((device, userId), at);
    }

    public void Add(IEnumerable<UsageEvent> events) => _events.AddRange(events);

    private async Task ReadAsync(Sql statements, IReadOnlyList<PlayCommand> commands)
    {
        var starts = commands.OfType<StartCommand>().ToList();
        _videos = (await PlayTable.ListVideosAsync(statements, starts.Select(s => s.Video))).ToDictionary(v => v.VideoId, StringComparer.Ordinal);

        // Whoever begins a play locks its viewing first and plays then; a report locks its play alone. A play that another host begins at the same
        // time, by the same id, makes the group fail; then each command is done by itself, and finds it.
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

        var passing = commands.OfType<ReportCommand>().Select(r => (Report: r, Play: FindPlay(r.PlayId)))
            .Where(r => r.Play is not null && PlacementRule.CanCross(r.Play.FurthestMs, r.Report.PositionMs)).Select(r => r.Play!.VideoId);
        _placements = (await PlayTable.ListPlacementsAsync(statements, _videos.Keys.Concat(passing)))
            .ToLookup(p => PlacementRule.VideoOf(p.ItemId), StringComparer.Ordinal);
    }

    private PlayResult Answer(PlayCommand command)
    {
        try
        {
            var play = command.Execute(this);
            return command is StartCommand ? new PlayResult(play, FindVideo(play.VideoId), [.. _placements[play.VideoId]], null) : new PlayResult(play, null, [], null);
        }
        catch (PlatformException e)
        {
            return new PlayResult(null, null, [], e);
        }
    }
}
