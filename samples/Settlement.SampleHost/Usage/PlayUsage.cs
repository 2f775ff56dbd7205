using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Usage;

/// <summary>Where the usage events of plays are stored. Thread-safe.</summary>
internal abstract class PlayUsage
{
    /// <summary>
    /// Whether events are stored on another server than the platform's database: pages don't query it, and an event of a published day is
    /// only found by comparing the day with the source, because its writers are not locked by a close.
    /// </summary>
    public virtual bool IsReconciled => false;

    /// <summary>Stores events in the transaction of their plays.</summary>
    public abstract Task WriteAsync(Sql statements, IReadOnlyList<UsageEvent> events);

    /// <summary>Completes when all events before an instant, committed until now, are where closes and estimates read them.</summary>
    public virtual Task ForwardAsync(DateTimeOffset before, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Stores events in the library's event table, in the platform's database.</summary>
internal sealed class EventTableUsage(UsageWriter writer) : PlayUsage
{
    /// <summary>The default batch limit of the settlement's usage writer.</summary>
    private const int EventsMax = 1_000;

    public override async Task WriteAsync(Sql statements, IReadOnlyList<UsageEvent> events)
    {
        foreach (var some in events.Chunk(EventsMax))
            await writer.WriteAsync(statements.Transaction, some);
    }
}
