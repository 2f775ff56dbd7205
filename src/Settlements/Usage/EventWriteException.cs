using System.Data.Common;
using System.Globalization;

namespace Settlements;

/// <summary>
/// A write came to no good end though nothing is wrong with its events: the store failed, the queue stayed full, or the writer was stopped.
/// Writing the same events again, with the same ids, is always safe: they count once.
/// </summary>
public sealed class EventWriteException : Exception
{
    private EventWriteException(string message, bool mayBeStored, bool isTransient, Exception? cause = null)
        : base(message, cause) => (IsOutcomeUnknown, IsTransient) = (mayBeStored, isTransient);

    /// <summary>
    /// Whether the events may be stored all the same, all of the call or none: they were sent, and the answer was lost with the store's failure.
    /// Where it is false, nothing of the call is stored.
    /// </summary>
    public bool IsOutcomeUnknown { get; }

    /// <summary>Whether writing again before long may help.</summary>
    public bool IsTransient { get; }

    internal static EventWriteException StoreFailed(Exception cause) => new(
        $"The store failed: {cause.Message} Whether the events are stored is not known. Write them again with the same ids, which counts them once.",
        mayBeStored: true, cause is DbException { IsTransient: true } or OperationCanceledException, cause);

    internal static EventWriteException QueueFull(UsageWriterLimits limits) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"The writer's queue of {limits.QueueEventsMax} events (Writer.QueueEventsMax) stayed full for {limits.QueueWaitMax.TotalSeconds} s (Writer.QueueWaitMax). "
            + $"Nothing of the call is stored. The store is slower than its callers: let fewer come, or write again later."),
        mayBeStored: false, isTransient: true);

    internal static EventWriteException Stopped() => new(
        "The writer is stopped, because its host is. Nothing of the call is stored. Write it again, with the same ids, when the host has started again.",
        mayBeStored: false, isTransient: true);
}
