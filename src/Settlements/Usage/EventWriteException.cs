using System.Data.Common;
using System.Globalization;

namespace Settlements;

/// <summary>
/// Thrown when a write failed for a cause other than its events: the store failed, the queue stayed full, or the writer was stopped.
/// Retrying with the same event ids is always safe: an id is counted once.
/// </summary>
public sealed class EventWriteException : Exception
{
    private EventWriteException(string message, bool isOutcomeUnknown, bool isTransient, Exception? cause = null)
        : base(message, cause) => (IsOutcomeUnknown, IsTransient) = (isOutcomeUnknown, isTransient);

    /// <summary>
    /// Gets whether the events may be stored, either all events of the call or none: they were sent, and the response was lost. When it
    /// is <see langword="false"/>, none of them is stored.
    /// </summary>
    public bool IsOutcomeUnknown { get; }

    /// <summary>Gets whether a retry may succeed.</summary>
    public bool IsTransient { get; }

    internal static EventWriteException StoreFailed(Exception cause) => new(
        $"The store failed: {cause.Message} Whether the events are stored is unknown. Retry with the same event ids; an id is counted "
        + $"once.",
        isOutcomeUnknown: true, cause is DbException { IsTransient: true } or OperationCanceledException, cause);

    internal static EventWriteException QueueFull(UsageWriterLimits limits) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"The queue of the writer ({limits.QueueEventsMax} events, Writer.QueueEventsMax) stayed full for "
            + $"{limits.QueueWaitMax.TotalSeconds} s "
            + $"(Writer.QueueWaitMax). No event of the call is stored. Reduce the rate of writes, or retry later."),
        isOutcomeUnknown: false, isTransient: true);

    internal static EventWriteException Stopped() => new(
        "The writer is stopped because the application is shutting down. No event of the call is stored. Retry with the same event "
        + "ids after the application has restarted.",
        isOutcomeUnknown: false, isTransient: true);
}
