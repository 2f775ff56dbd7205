using Settlement.BillableEvents;
using Settlement.Loading;

namespace Settlement.SampleHost.Playback;

/// <summary>Brings events into the settlement. An event that is there already is no error and counts once.</summary>
internal interface IEventIntake
{
    /// <returns>Those that are not taken, by their place in the list, and why; all others are stored and committed.</returns>
    Task<IReadOnlyDictionary<int, string>> WriteAsync(IReadOnlyList<BillableEvent> events, CancellationToken cancellationToken);
}

/// <summary>By the library's loader, in one transaction.</summary>
internal sealed class LoaderIntake(SettlementEngine engine) : IEventIntake
{
    public async Task<IReadOnlyDictionary<int, string>> WriteAsync(IReadOnlyList<BillableEvent> events, CancellationToken cancellationToken)
    {
        var refused = new Dictionary<int, string>();
        var options = new LoadOptions
        {
            ChunkRows = events.Count,
            RejectsMax = events.Count,
            OnRejected = (row, _) =>
            {
                refused[(int)row.RowNumber - 1] = row.Reason;
                return ValueTask.CompletedTask;
            },
        };
        await engine.Events.LoadAsync(events.ToAsyncEnumerable(), options, progress: null, cancellationToken);
        return refused;
    }
}
