using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The options of <see cref="UsageWriter"/>. The defaults suit most applications. Read once, when the writer is created.
/// </summary>
public sealed class UsageWriterOptions
{
    /// <summary>
    /// Gets or sets the maximum number of queued events; further callers wait. From <see cref="GroupEventsMax"/> to
    /// <see cref="EventBatch.CapacityMax"/>; default 10,000 events, at most about 10 MB with the longest ids.
    /// </summary>
    public int QueueEventsMax { get; set; } = 10_000;

    /// <summary>
    /// Gets or sets how long a caller waits for capacity in a full queue before its call fails with an <see cref="EventWriteException"/>.
    /// From 0 (no wait) to 1 hour; default 30 seconds.
    /// </summary>
    public TimeSpan QueueWaitMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the maximum number of events of a transaction, and therefore of a call. From 1 to 100,000; default 1,000 events.
    /// Queued events are committed immediately: a group never waits to fill.
    /// </summary>
    public int GroupEventsMax { get; set; } = 1_000;

    /// <summary>
    /// Gets or sets how many groups are committed concurrently. From 1 to 16; default 2: while one waits for the disk, the other
    /// completes its calls and collects events. More are faster on a remote or busy server (<c>docs/benchmarks.md</c>). An SQLite file
    /// has a single writer.
    /// </summary>
    public int Committers { get; set; } = 2;

    /// <summary>
    /// Gets or sets how often a group is retried after a transient error of the store, in addition to the retries of the store. From 0 to
    /// 100; default 3. A retry is safe: an id is counted once.
    /// </summary>
    public int RetriesMax { get; set; } = 3;

    /// <summary>
    /// Gets or sets the delay before the first retry. It doubles with each retry, with jitter, up to 30 times this value. From 0 to 1
    /// minute; default 100 ms.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Gets or sets how long disposal continues to commit queued events; the remaining calls fail. From 0 to 1 hour; default 20 seconds,
    /// less than the shutdown timeout of the generic host, 30 seconds by default.
    /// </summary>
    public TimeSpan DrainMax { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Checks every value against its range.</summary>
    /// <returns>All errors, each with the value, the range and the option's name; empty when there are none.</returns>
    internal IEnumerable<string> Validate()
    {
        if (GroupEventsMax is < 1 or > 100_000)
            yield return Text($"Writer.GroupEventsMax is {GroupEventsMax}; use 1 to 100000.");
        if (QueueEventsMax is < 1 or > EventBatch.CapacityMax)
            yield return Text($"Writer.QueueEventsMax is {QueueEventsMax}; use 1 to {EventBatch.CapacityMax}.");
        else if (QueueEventsMax < GroupEventsMax)
        {
            yield return Text(
                $"Writer.QueueEventsMax is {QueueEventsMax}, less than Writer.GroupEventsMax; use at least {GroupEventsMax}.");
        }

        if (QueueWaitMax < TimeSpan.Zero || QueueWaitMax > TimeSpan.FromHours(1))
            yield return Text($"Writer.QueueWaitMax is {QueueWaitMax}; use 0 to 1 hour.");
        if (Committers is < 1 or > 16)
            yield return Text($"Writer.Committers is {Committers}; use 1 to 16.");
        if (RetriesMax is < 0 or > 100)
            yield return Text($"Writer.RetriesMax is {RetriesMax}; use 0 to 100.");
        if (RetryDelay < TimeSpan.Zero || RetryDelay > TimeSpan.FromMinutes(1))
            yield return Text($"Writer.RetryDelay is {RetryDelay}; use 0 to 1 minute.");
        if (DrainMax < TimeSpan.Zero || DrainMax > TimeSpan.FromHours(1))
            yield return Text($"Writer.DrainMax is {DrainMax}; use 0 to 1 hour.");
    }

    internal UsageWriterLimits ToLimits() =>
        new(QueueEventsMax, QueueWaitMax, GroupEventsMax, Committers, RetriesMax, RetryDelay, DrainMax);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A validated, immutable copy of <see cref="UsageWriterOptions"/>.</summary>
internal sealed record UsageWriterLimits(
    int QueueEventsMax, TimeSpan QueueWaitMax, int GroupEventsMax, int Committers, int RetriesMax, TimeSpan RetryDelay, TimeSpan DrainMax);
