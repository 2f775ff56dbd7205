using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Writes live events for many concurrent callers. Events that arrive while a transaction commits are committed together by the next one.
/// A call completes after the commit of its events. Thread-safe.
/// </summary>
/// <remarks>
/// There is no timer: with a single caller, each event is committed immediately in its own transaction. When the store is slower than its
/// callers, they wait, and after <see cref="UsageWriterOptions.QueueWaitMax"/> their calls fail. Retry a failed call with the same event
/// ids: an id is counted once.
/// </remarks>
/// <example>
/// <code>
/// var view = new UsageEvent(Guid.CreateVersion7(), DateTimeOffset.UtcNow, "video.view", "video-1", "ann", 1);
/// var outcome = await engine.Writer.WriteAsync(view); // Stored, Late or Duplicate
///
/// // In the application's transaction: committed together with its rows, or not at all.
/// await engine.Writer.WriteAsync(transaction, [view with { EventId = Guid.CreateVersion7() }]);
/// </code>
/// </example>
public sealed partial class UsageWriter : IAsyncDisposable, IDisposable
{
    private readonly UsageWriterLimits _limits;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly EventQueue _queue;
    private readonly EventPolicy? _policy;
    private readonly Func<EventCommitter> _newCommitter;
    private readonly ConcurrentBag<EventCommitter> _committers = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<Task> _drain;
    private EventEncoder? _checker;

    /// <summary>Initializes a writer.</summary>
    /// <param name="store">The store of the events. It must outlive the writer.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="clock">The clock for waits; <see langword="null"/> for the system clock.</param>
    /// <param name="logger">The logger of retries and failures; <see langword="null"/> for no log.</param>
    /// <param name="policy">The policy that accepts well-formed events; <see langword="null"/> to accept all.</param>
    /// <exception cref="ArgumentException">An option is out of its range. The message lists all errors.</exception>
    internal UsageWriter(
        IEventStore store, UsageWriterOptions? options = null, TimeProvider? clock = null, ILogger<UsageWriter>? logger = null,
        EventPolicy? policy = null)
        : this(store, Validated(options ?? new UsageWriterOptions()), clock ?? TimeProvider.System, logger, policy)
    {
    }

    /// <summary>Initializes a writer with validated limits.</summary>
    internal UsageWriter(IEventStore store, UsageWriterLimits limits, TimeProvider clock, ILogger<UsageWriter>? logger, EventPolicy? policy)
    {
        ArgumentNullException.ThrowIfNull(store);
        _limits = limits;
        _clock = clock;
        _logger = logger ?? NullLogger<UsageWriter>.Instance;
        _policy = policy;
        _queue = new EventQueue(_limits, _clock);
        _newCommitter = () => new EventCommitter(store, _limits, _clock, _logger);
        _drain = new Lazy<Task>(DrainAsync);
    }

    private static UsageWriterLimits Validated(UsageWriterOptions options) => options.Validate().ToList() is { Count: > 0 } errors
        ? throw new ArgumentException("The writer options are invalid. " + string.Join(" ", errors), nameof(options))
        : options.ToLimits();

    /// <summary>The number of queued events, and of calls that wait for capacity. For tests.</summary>
    internal (int QueuedEvents, int WaitingWrites) Lengths => _queue.Lengths;

    /// <summary>Writes one event.</summary>
    /// <param name="usageEvent">The event. Its instant is truncated to the microsecond, toward the past.</param>
    /// <param name="cancellationToken">
    /// Removes the event from the queue; it is not stored then. After the event was sent, the token has no effect and the call completes
    /// with the outcome: use <see cref="Task.WaitAsync(CancellationToken)"/> to stop waiting for it.
    /// </param>
    /// <returns>The outcome, after the commit.</returns>
    /// <exception cref="EventRejectedException">
    /// The event is malformed or not accepted, or its id is already stored with different content.
    /// </exception>
    /// <exception cref="EventWriteException">
    /// The store failed, the queue stayed full, or the writer is stopped. Retrying is safe.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the event was sent.</exception>
    public async Task<EventOutcome> WriteAsync(UsageEvent usageEvent, CancellationToken cancellationToken = default) =>
        (await SendAsync([usageEvent], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Writes several events atomically: all are committed in one transaction, or none is stored.</summary>
    /// <param name="events">
    /// At most <see cref="UsageWriterOptions.GroupEventsMax"/> events, which are copied before the call returns its task. An empty list
    /// is valid. Events that are already stored with the same content are duplicates, and the others are stored.
    /// </param>
    /// <param name="cancellationToken">As for a single event.</param>
    /// <returns>The outcome of each event in the order of the list, after the commit.</returns>
    /// <exception cref="ArgumentException">There are more events than <see cref="UsageWriterOptions.GroupEventsMax"/>.</exception>
    /// <exception cref="EventRejectedException">
    /// An event is malformed or not accepted, or its id is already stored with different content. None is stored.
    /// </exception>
    /// <exception cref="EventWriteException">
    /// The store failed, the queue stayed full, or the writer is stopped. Retrying is safe.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the events were sent.</exception>
    public Task<IReadOnlyList<EventOutcome>> WriteBatchAsync(
        IReadOnlyList<UsageEvent> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        CheckCount(events);
        return SendAsync([.. events], cancellationToken);
    }

    /// <summary>
    /// Writes events in a transaction of the application, so that they are committed together with its rows or not at all. The events are
    /// neither queued nor grouped with those of other calls, and nothing is retried. No day starts to close until the transaction ends,
    /// so keep it short.
    /// </summary>
    /// <param name="transaction">
    /// An active transaction of the store's driver, on the store's file or on any database of the store's server. Events are written to
    /// the store's tables, which are qualified by their database. On MySQL and MariaDB its isolation level must be
    /// <see cref="System.Data.IsolationLevel.ReadCommitted"/>.
    /// </param>
    /// <param name="events">At most <see cref="UsageWriterOptions.GroupEventsMax"/> events. An empty list is valid.</param>
    /// <param name="cancellationToken">Cancels the call; none of the events is in the transaction then.</param>
    /// <returns>The outcome of each event in the order of the list, effective with the commit.</returns>
    /// <exception cref="ArgumentException">
    /// There are too many events, or the transaction is not supported. The message gives the reason.
    /// </exception>
    /// <exception cref="EventRejectedException">
    /// An event is malformed or not accepted, or its id is already stored with different content. None of the events is in the
    /// transaction, which remains usable.
    /// </exception>
    /// <exception cref="DbException">The database failed. Roll back the transaction, as after any failed statement.</exception>
    public async Task<IReadOnlyList<EventOutcome>> WriteAsync(
        DbTransaction transaction, IReadOnlyList<UsageEvent> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(events);
        CheckCount(events);
        var copy = events.ToArray();
        Check(copy);
        if (copy.Length == 0)
            return [];
        if (!_committers.TryTake(out var committer))
            committer = _newCommitter();
        var outcomes = await committer.WriteAsync(transaction, copy, cancellationToken).ConfigureAwait(false);
        _committers.Add(committer);
        return outcomes;
    }

    /// <summary>
    /// Rejects further calls and commits the queued events. After <see cref="UsageWriterOptions.DrainMax"/> the remaining calls fail and
    /// the current transactions are cancelled. The service provider disposes the writer at shutdown, before the store.
    /// </summary>
    /// <returns>A task that completes when all calls are completed, or after the limit.</returns>
    public ValueTask DisposeAsync() => new(_drain.Value);

    /// <summary>Disposes like <see cref="DisposeAsync"/>, and blocks until it completes.</summary>
    public void Dispose() => _drain.Value.GetAwaiter().GetResult();

    private async Task<IReadOnlyList<EventOutcome>> SendAsync(UsageEvent[] events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Check(events);
        if (events.Length == 0)
            return [];

        var write = new EventWrite(events, _clock.GetTimestamp());
        if (_queue.Add(write))
            ThreadPool.UnsafeQueueUserWorkItem(static writer => _ = writer.CommitAllAsync(), this, preferLocal: false);
        return cancellationToken.CanBeCanceled
            ? await AnswerAsync(write, cancellationToken).ConfigureAwait(false)
            : await write.Answer.ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<EventOutcome>> AnswerAsync(EventWrite write, CancellationToken cancellationToken)
    {
        var cancellation = cancellationToken.UnsafeRegister((_, token) => _queue.Cancel(write, token), null);
        await using (cancellation.ConfigureAwait(false))
            return await write.Answer.ConfigureAwait(false);
    }

    private void CheckCount(IReadOnlyList<UsageEvent> events)
    {
        if (events.Count > _limits.GroupEventsMax)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{events.Count} events exceed the limit of {_limits.GroupEventsMax} events per call (Writer.GroupEventsMax). Raise "
                + $"the limit, or load them with UsageLoader."), nameof(events));
        }
    }

    private void Check(UsageEvent[] events)
    {
        // Reused, unless several callers check at the same time.
        var encoder = Interlocked.Exchange(ref _checker, null) ?? new EventEncoder(_policy);
        foreach (var usageEvent in events)
        {
            if (encoder.Check(usageEvent) is not { } rejection)
                continue;
            SettlementTelemetry.EventsWritten.Add(events.Length, new KeyValuePair<string, object?>("settlement.outcome", "rejected"));
            throw EventRejectedException.Malformed(usageEvent, rejection, events.Length);
        }

        Volatile.Write(ref _checker, encoder);
    }

    /// <summary>
    /// Commits groups until the queue is empty. Runs without the execution context of a caller, since a commit serves several callers.
    /// </summary>
    private async Task CommitAllAsync()
    {
        if (!_committers.TryTake(out var committer))
            committer = _newCommitter();
        while (_queue.Dequeue() is { } group)
            await committer.CommitAsync(group, _stop.Token).ConfigureAwait(false);
        _committers.Add(committer);
    }

    private async Task DrainAsync()
    {
        try
        {
            await _queue.StopAsync().WaitAsync(_limits.DrainMax, _clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var rest = _queue.RemoveAll();
            NotDrained(rest.Count, _limits.DrainMax.TotalSeconds);
            foreach (var write in rest)
                write.Fail(EventWriteException.Stopped());
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    [LoggerMessage(2103, LogLevel.Warning,
        "Usage writer stopped; {Writes} calls were not sent within {Seconds} s (Writer.DrainMax) and are rejected.")]
    private partial void NotDrained(int writes, double seconds);
}
