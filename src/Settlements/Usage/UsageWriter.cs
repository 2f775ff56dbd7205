using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Writes events as they happen, for many callers at a time: what comes while one transaction commits is committed together by the next. A
/// call is answered after the commit of the transaction that holds its events. Thread-safe.
/// </summary>
/// <remarks>
/// There is no timer: with one caller, each event is a transaction of its own, at once. When the store is slower than its callers, they wait;
/// past <see cref="UsageWriterOptions.QueueWaitMax"/> they are refused. Retry a call that failed with the same event ids: an id counts once.
/// </remarks>
/// <example>
/// <code>
/// var view = new UsageEvent(Guid.CreateVersion7(), DateTimeOffset.UtcNow, "video.view", "video-1", "ann", 1);
/// var outcome = await engine.Writer.WriteAsync(view); // stored, late, or a duplicate
///
/// // Within a transaction of yours: committed with your own rows, or not at all.
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

    /// <summary>Makes a writer.</summary>
    /// <param name="store">Where events go. It has to outlive the writer.</param>
    /// <param name="options">How to gather and commit; <see langword="null"/> for the defaults.</param>
    /// <param name="clock">Measures waits; <see langword="null"/> for the system's.</param>
    /// <param name="logger">Is told of retries and failures; <see langword="null"/> for no log.</param>
    /// <param name="policy">Which well-formed events are accepted; <see langword="null"/> for all.</param>
    /// <exception cref="ArgumentException">The options are wrong; all that is wrong is said.</exception>
    internal UsageWriter(
        IEventStore store, UsageWriterOptions? options = null, TimeProvider? clock = null, ILogger<UsageWriter>? logger = null,
        EventPolicy? policy = null)
        : this(store, Validated(options ?? new UsageWriterOptions()), clock ?? TimeProvider.System, logger, policy)
    {
    }

    /// <summary>Makes a writer of limits that are valid.</summary>
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
        ? throw new ArgumentException("The writer's options are wrong. " + string.Join(" ", errors), nameof(options))
        : options.ToLimits();

    /// <summary>Events queued, and calls that wait for room: for tests.</summary>
    internal (int QueuedEvents, int WaitingWrites) Lengths => _queue.Lengths;

    /// <summary>Writes one event.</summary>
    /// <param name="billable">The event. An instant finer than a microsecond is cut, toward the past.</param>
    /// <param name="cancellationToken">
    /// Takes the event out of the queue; then nothing of it is stored. Once it was sent the token changes nothing, and the call ends with what
    /// became of it: use <see cref="Task.WaitAsync(CancellationToken)"/> to stop waiting for that.
    /// </param>
    /// <returns>What became of it, after its commit.</returns>
    /// <exception cref="EventRejectedException">The event is malformed or not accepted, or its id is stored with another content.</exception>
    /// <exception cref="EventWriteException">The store failed, the queue stayed full, or the writer is stopped. Writing again is safe.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the event was sent.</exception>
    public async Task<EventOutcome> WriteAsync(UsageEvent billable, CancellationToken cancellationToken = default) =>
        (await SendAsync([billable], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Writes events that belong together: all are committed by one transaction, or none is stored.</summary>
    /// <param name="events">
    /// At most <see cref="UsageWriterOptions.GroupEventsMax"/> events; copied before the call gives its task. None is no error. Events that are
    /// stored already with the same content are duplicates, and the others are stored.
    /// </param>
    /// <param name="cancellationToken">As for one event.</param>
    /// <returns>What became of each, in their order, after the commit.</returns>
    /// <exception cref="ArgumentException">They are more than a transaction holds.</exception>
    /// <exception cref="EventRejectedException">One of them is malformed or not accepted, or its id is known with another content; none is stored.</exception>
    /// <exception cref="EventWriteException">The store failed, the queue stayed full, or the writer is stopped. Writing again is safe.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the events were sent.</exception>
    public Task<IReadOnlyList<EventOutcome>> WriteBatchAsync(
        IReadOnlyList<UsageEvent> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        CheckCount(events);
        return SendAsync([.. events], cancellationToken);
    }

    /// <summary>
    /// Writes events in a transaction of your own, so that they and your rows are committed together or not at all. Nothing is queued or
    /// gathered here, and nothing is retried: the caller commits, and tells its own callers then. No day begins to close before the transaction
    /// ends, so keep it short.
    /// </summary>
    /// <param name="transaction">
    /// A transaction of the store's driver, under way on the store's file, or on any database of the store's server: events are written to the store's tables, whose
    /// database is taken by its name. On MySQL and MariaDB it is begun with <see cref="System.Data.IsolationLevel.ReadCommitted"/>.
    /// </param>
    /// <param name="events">At most <see cref="UsageWriterOptions.GroupEventsMax"/> events. None is no error.</param>
    /// <param name="cancellationToken">Stops the writing; then none of the events is in the transaction.</param>
    /// <returns>What becomes of each with the commit, in their order.</returns>
    /// <exception cref="ArgumentException">They are too many; or the transaction is of another kind, which the message says.</exception>
    /// <exception cref="EventRejectedException">
    /// One of them is malformed or not accepted, or its id is known with another content. None of them is in the transaction, which goes on otherwise.
    /// </exception>
    /// <exception cref="DbException">The database failed; as for your own statements, roll back.</exception>
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
    /// Refuses further calls, and commits what was taken in. After <see cref="UsageWriterOptions.DrainMax"/> the rest is refused, and what is
    /// under way is cancelled. A host's service provider does this when the host stops, before it disposes of the store.
    /// </summary>
    /// <returns>Ends when all calls are answered, or after the limit.</returns>
    public ValueTask DisposeAsync() => new(_drain.Value);

    /// <summary>As <see cref="DisposeAsync"/>, and blocks until then.</summary>
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
                $"{events.Count} events are to be written together, more than a transaction holds ({_limits.GroupEventsMax}, Writer.GroupEventsMax). "
                + $"Raise that, or load them with UsageLoader."), nameof(events));
        }
    }

    private void Check(UsageEvent[] events)
    {
        var encoder = new EventEncoder(_policy);
        foreach (var one in events)
        {
            if (encoder.Check(one) is not { } refusal)
                continue;
            SettlementTelemetry.EventsWritten.Add(events.Length, new KeyValuePair<string, object?>("settlement.outcome", "rejected"));
            throw EventRejectedException.Malformed(one, refusal, events.Length);
        }
    }

    /// <summary>Commits group after group until nothing is queued. Of no caller's context: a commit is nobody's own.</summary>
    private async Task CommitAllAsync()
    {
        if (!_committers.TryTake(out var committer))
            committer = _newCommitter();
        while (_queue.Take() is { } group)
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
            var rest = _queue.TakeRest();
            NotDrained(rest.Count, _limits.DrainMax.TotalSeconds);
            foreach (var write in rest)
                write.Fail(EventWriteException.Stopped());
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    [LoggerMessage(2103, LogLevel.Warning, "The event writer was stopped with {Writes} calls that could not be sent within {Seconds} s (Writer.DrainMax); they are refused")]
    private partial void NotDrained(int writes, double seconds);
}
