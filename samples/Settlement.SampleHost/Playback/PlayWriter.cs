using System.Data.Common;
using System.Threading.Channels;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Usage;

namespace Settlement.SampleHost.Playback;

/// <summary>
/// Queues the commands of all requests and commits waiting ones in a shared transaction; meanwhile further commands queue. A command
/// completes after its commit. There is no timer: a single command is committed immediately. Commands of an instance are executed in queue
/// order. Thread-safe.
/// </summary>
internal sealed class PlayWriter : IAsyncDisposable
{
    /// <summary>The setting of the maximum number of commands per transaction, which bounds the wait of other writes.</summary>
    public const string GroupMaxSetting = "Plays:GroupMax";

    private const int GroupMaxDefault = 256;

    /// <summary>The capacity of the queue. If it is full, further requests wait, and may be cancelled.</summary>
    public const int QueueMax = 2_048;

    private readonly PlatformDatabase _database;
    private readonly PlayUsage _usage;
    private readonly int _groupMax;
    private readonly Action? _onCommitted;
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(QueueMax) { SingleReader = true });
    private readonly Task _writer;

    /// <param name="database">The database of the plays.</param>
    /// <param name="usage">Writes the usage events in the same transaction.</param>
    /// <param name="groupMax">The maximum number of commands per transaction.</param>
    /// <param name="onCommitted">Called after each commit; it must not throw.</param>
    public PlayWriter(PlatformDatabase database, PlayUsage usage, int groupMax = GroupMaxDefault, Action? onCommitted = null)
    {
        (_database, _usage, _groupMax, _onCommitted) = (database, usage, groupMax, onCommitted);
        _writer = Task.Run(WriteGroupsAsync);
    }

    /// <summary>Reads the maximum number of commands per transaction, 1 to 1,000.</summary>
    public static int ReadGroupMax(IConfiguration configuration)
    {
        var groupMax = configuration.GetValue(GroupMaxSetting, GroupMaxDefault);
        return groupMax is >= 1 and <= 1_000
            ? groupMax
            : throw new InvalidOperationException($"{GroupMaxSetting} is {groupMax}. Use 1 to 1000 commands per transaction.");
    }

    /// <summary>Executes a command and waits for its commit.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">
    /// Removes the command from the queue. A command that is being written can no longer be cancelled.
    /// </param>
    /// <returns>The result, after the commit.</returns>
    /// <exception cref="PlatformException">The command is invalid, or the host is stopping and the command was not executed.</exception>
    public async Task<PlayResult> ExecuteAsync(PlayCommand command, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(command, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new PlatformException(
                StatusCodes.Status503ServiceUnavailable, "The host is stopping", "Nothing was changed. Send the request again.");
        }

        var result = await waiting.Result.Task;
        return result.Failure is null ? result : throw result.Failure;
    }

    /// <summary>Accepts no further commands and waits until all queued ones are completed.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
    }

    private async Task WriteGroupsAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            var group = new List<Waiting>();
            while (group.Count < _groupMax && _queue.Reader.TryRead(out var waiting))
            {
                if (!waiting.TryCancel())
                    group.Add(waiting);
            }

            // One command of the group caused the failure: execute each separately, so that only this one fails. The second attempt also
            // finds a play of the same id that another instance has started concurrently.
            if (group.Count > 0 && !await TryCommitAsync(group, isLast: false))
            {
                foreach (var waiting in group)
                    await TryCommitAsync([waiting], isLast: true);
            }
        }
    }

    /// <returns>Whether the callers have received a result.</returns>
    private async Task<bool> TryCommitAsync(List<Waiting> group, bool isLast)
    {
        try
        {
            // Without a caller's token: the transaction is shared.
            var results = await _database.WriteAsync(
                statements => PlayGroup.ExecuteAsync(statements, _usage, [.. group.Select(w => w.Command)]), CancellationToken.None);
            _onCommitted?.Invoke();
            for (var i = 0; i < results.Length; i++)
                group[i].Result.TrySetResult(results[i]);
            return true;
        }
        catch (Exception e) when (isLast || e is DbException { IsTransient: true })
        {
            // The database is unavailable, so each command would fail.
            group.ForEach(waiting => waiting.Result.TrySetException(e));
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private sealed record Waiting(PlayCommand Command, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<PlayResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryCancel() => CancellationToken.IsCancellationRequested && Result.TrySetCanceled(CancellationToken);
    }
}
