namespace Settlements;

/// <summary>The events of one call: waiting or queued while <see cref="Node"/> is in a list, then sent, then completed once.</summary>
internal sealed class EventWrite
{
    private readonly TaskCompletionSource<IReadOnlyList<EventOutcome>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EventWrite(UsageEvent[] events, long calledAt)
    {
        (Events, CalledAt) = (events, calledAt);
        Node = new LinkedListNode<EventWrite>(this);
    }

    /// <summary>Gets the events, at least one. Several are committed together or not at all.</summary>
    public UsageEvent[] Events { get; }

    public long CalledAt { get; }

    /// <summary>Gets the node in the queue; used only by the queue.</summary>
    public LinkedListNode<EventWrite> Node { get; }

    /// <summary>Gets or sets the timer that limits the wait for capacity; used only by the queue.</summary>
    public ITimer? WaitLimit { get; set; }

    /// <summary>Gets the task that the caller awaits. Its continuations never run on a committer.</summary>
    public Task<IReadOnlyList<EventOutcome>> Answer => _answer.Task;

    public void Complete(IReadOnlyList<EventOutcome> outcomes) => _answer.TrySetResult(outcomes);

    public void Fail(Exception reason) => _answer.TrySetException(reason);

    public void Cancel(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);
}
