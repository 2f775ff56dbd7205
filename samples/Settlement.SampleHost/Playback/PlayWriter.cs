using System.Data.Common;
using System.Threading.Channels;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Playback;

/// <summary>
/// Takes the commands of all requests and commits those that are there in one transaction; meanwhile the next ones gather. An command is answered after
/// the commit that holds it. There is no timer: one command alone is a transaction of its own, at once. Acts of a host are done in the order in which
/// they came. Thread-safe.
/// </summary>
internal sealed class PlayWriter : IAsyncDisposable
{
    /// <summary>The setting of the most commands of a transaction: other writes wait no longer than these take.</summary>
    public const string GroupMaxSetting = "Plays:GroupMax";

    private const int GroupMaxDefault = 256;

    /// <summary>The most commands that wait for their turn; a request that finds so many waits before the queue, and may give up.</summary>
    public const int QueueMax = 2_048;

    private readonly PlatformDatabase _database;
    private readonly UsageWriter _events;
    private readonly int _groupMax;
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(QueueMax) { SingleReader = true });
    private readonly Task _writer;

    /// <param name="database">Where plays are kept.</param>
    /// <param name="events">Writes their events in the same transaction.</param>
    /// <param name="groupMax">The most commands of a transaction.</param>
    public PlayWriter(PlatformDatabase database, UsageWriter events, int groupMax = GroupMaxDefault)
    {
        (_database, _events, _groupMax) = (database, events, groupMax);
        _writer = Task.Run(WriteGroupsAsync);
    }

    /// <summary>What is set, 1 to 1,000, or the default.</summary>
    public static int ReadGroupMax(IConfiguration configuration)
    {
        var groupMax = configuration.GetValue(GroupMaxSetting, GroupMaxDefault);
        return groupMax is >= 1 and <= 1_000
            ? groupMax
            : throw new InvalidOperationException($"{GroupMaxSetting} is {groupMax}. A transaction holds 1 to 1000 commands of players.");
    }

    /// <summary>Does an command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Takes it out of the queue. Once it is sent to the database, what becomes of it is waited for.</param>
    /// <returns>What came of it, after its commit.</returns>
    /// <exception cref="PlatformException">It can't be done; or the host stops, and nothing of it is done.</exception>
    public async Task<PlayResult> ExecuteAsync(PlayCommand command, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(command, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new PlatformException(StatusCodes.Status503ServiceUnavailable, "The host is stopping", "Nothing was changed. Send it again.");
        }

        var answer = await waiting.Answer.Task;
        return answer.Failure is null ? answer : throw answer.Failure;
    }

    /// <summary>Takes no more, and ends when all that was taken is answered.</summary>
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
                if (!waiting.TryGiveUp())
                    group.Add(waiting);
            }

            // One of several is to blame, whatever it is: each by itself, so that it fails alone. And once more: what another host did at the same
            // time, the start of the same play, is there to be found then.
            if (group.Count > 0 && !await TryCommitAsync(group, isLast: false))
            {
                foreach (var waiting in group)
                    await TryCommitAsync([waiting], isLast: true);
            }
        }
    }

    /// <returns>Whether they are answered.</returns>
    private async Task<bool> TryCommitAsync(List<Waiting> group, bool isLast)
    {
        try
        {
            // Of no caller's token: a commit is nobody's own.
            var answers = await _database.WriteAsync(
                statements => PlayGroup.ExecuteAsync(statements, _events, [.. group.Select(w => w.Command)]), CancellationToken.None);
            for (var i = 0; i < answers.Length; i++)
                group[i].Answer.TrySetResult(answers[i]);
            return true;
        }
        catch (Exception e) when (isLast || e is DbException { IsTransient: true })
        {
            // It is the database that fails, and would fail each of them.
            group.ForEach(waiting => waiting.Answer.TrySetException(e));
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private sealed record Waiting(PlayCommand Command, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<PlayResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryGiveUp() => CancellationToken.IsCancellationRequested && Answer.TrySetCanceled(CancellationToken);
    }
}
