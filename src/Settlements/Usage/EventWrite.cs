namespace Settlements;

/// <summary>One call's events on their way: waiting or queued while <see cref="Place"/> is in a list, then sent, then answered once.</summary>
internal sealed class EventWrite
{
    private readonly TaskCompletionSource<IReadOnlyList<EventOutcome>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EventWrite(UsageEvent[] events, long calledAt)
    {
        (Events, CalledAt) = (events, calledAt);
        Place = new LinkedListNode<EventWrite>(this);
    }

    /// <summary>At least one. With several, they are committed together or not at all.</summary>
    public UsageEvent[] Events { get; }

    public long CalledAt { get; }

    /// <summary>Where it stands in the queue; touched by the queue only.</summary>
    public LinkedListNode<EventWrite> Place { get; }

    /// <summary>Ends the wait for room; touched by the queue only.</summary>
    public ITimer? WaitLimit { get; set; }

    /// <summary>What the caller awaits. Its continuations never run on a committer.</summary>
    public Task<IReadOnlyList<EventOutcome>> Answer => _answer.Task;

    public void Complete(IReadOnlyList<EventOutcome> outcomes) => _answer.TrySetResult(outcomes);

    public void Fail(Exception reason) => _answer.TrySetException(reason);

    public void Cancel(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);
}
