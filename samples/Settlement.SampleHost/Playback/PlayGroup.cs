using Settlement.BillableEvents;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;

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
    private readonly Dictionary<(string VideoId, string Viewer), Viewing> _viewings = [];
    private readonly HashSet<string> _added = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedPlays = new(StringComparer.Ordinal);
    private readonly HashSet<(string VideoId, string Viewer)> _changedViewings = [];
    private readonly List<BillableEvent> _events = [];
    private Dictionary<string, Video> _videos = [];
    private ILookup<string, Placement> _placements = Array.Empty<Placement>().ToLookup(_ => "");

    /// <summary>Does acts in their order, in a transaction of the caller's.</summary>
    /// <returns>What came of each, to be told after the commit. One that fails leaves nothing behind, and the others don't notice.</returns>
    public static async Task<PlayAnswer[]> DoAsync(Sql statements, EventWriter events, IReadOnlyList<PlayAct> acts)
    {
        var group = new PlayGroup();
        await group.ReadAsync(statements, acts);
        var answers = acts.Select(group.Answer).ToArray();
        await PlayTable.AddAsync(statements, group._added.Select(id => group._plays[id]));
        await PlayTable.UpdateAsync(statements, group._changedPlays.Select(id => group._plays[id]));
        await PlayTable.UpdateAsync(statements, group._changedViewings.Select(key => group._viewings[key]));
        foreach (var some in group._events.Chunk(EventsMax))
            await events.WriteWithinAsync(statements.Transaction, some);
        return answers;
    }

    public Video? FindVideo(string videoId) => _videos.GetValueOrDefault(videoId);

    public Play? FindPlay(string playId) => _plays.GetValueOrDefault(playId);

    public Viewing Viewing(string videoId, string viewer) => _viewings[(videoId, viewer)];

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
        _viewings[(viewing.VideoId, viewing.Viewer)] = viewing;
        _changedViewings.Add((viewing.VideoId, viewing.Viewer));
    }

    public void Add(IEnumerable<BillableEvent> events) => _events.AddRange(events);

    private async Task ReadAsync(Sql statements, IReadOnlyList<PlayAct> acts)
    {
        var videoIds = acts.Select(a => a.VideoId).OfType<string>().ToList();
        _videos = (await PlayTable.ListVideosAsync(statements, videoIds)).ToDictionary(v => v.VideoId, StringComparer.Ordinal);

        // Whose a play is never changes: that is read first. How it is, is read again under the lock of its viewing. A play that another host
        // begins in between, by the same id, makes the group fail; then each act is done by itself, and finds it.
        var known = (await PlayTable.ListAsync(statements, acts.Select(a => a.PlayId))).ToDictionary(p => p.PlayId, p => (p.VideoId, p.Viewer), StringComparer.Ordinal);
        var keys = acts.Where(a => a.VideoId is { } id && _videos.ContainsKey(id)).Select(a => (a.VideoId!, a.Viewer)).Concat(known.Values).ToHashSet();
        foreach (var (videoId, viewer) in keys)
            _viewings.Add((videoId, viewer), new Viewing { VideoId = videoId, Viewer = viewer });
        foreach (var viewing in await PlayTable.LockAsync(statements, keys))
            _viewings[(viewing.VideoId, viewing.Viewer)] = viewing;
        foreach (var play in await PlayTable.ListAsync(statements, known.Keys.Concat(_viewings.Values.Select(v => v.PlayId).OfType<string>())))
            _plays.Add(play.PlayId, play);
        _placements = (await PlayTable.ListPlacementsAsync(statements, _viewings.Keys.Select(k => k.VideoId)))
            .ToLookup(p => PlacementRule.VideoOf(p.ItemId), StringComparer.Ordinal);
    }

    private PlayAnswer Answer(PlayAct act)
    {
        try
        {
            var play = act.Do(this);
            return new PlayAnswer(play, FindVideo(play.VideoId), [.. _placements[play.VideoId]], null);
        }
        catch (PlatformException e)
        {
            return new PlayAnswer(null, null, [], e);
        }
    }
}
