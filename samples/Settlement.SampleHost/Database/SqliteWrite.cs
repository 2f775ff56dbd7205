using Microsoft.Data.Sqlite;

namespace Settlement.SampleHost.Database;

/// <summary>A write that waits for its turn, and then for the commit it shares.</summary>
internal abstract class SqliteWrite
{
    /// <summary>Does the writing.</summary>
    /// <returns>Whether it stays; otherwise it has failed, and is to be undone alone.</returns>
    public abstract Task<bool> TryRunAsync(SqliteConnection connection, SqliteTransaction transaction);

    /// <summary>Answers, after the commit.</summary>
    public abstract void Complete();

    /// <summary>The commit failed.</summary>
    public abstract void Fail(Exception exception);
}

internal sealed class SqliteWrite<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken) : SqliteWrite
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Answer => _answer.Task;

    public override async Task<bool> TryRunAsync(SqliteConnection connection, SqliteTransaction transaction)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            _result = await write(new Sql(connection, transaction, Dialect.Sqlite, cancellationToken));
            return true;
        }
        catch (OperationCanceledException e)
        {
            _answer.TrySetCanceled(e.CancellationToken);
            return false;
        }
        catch (Exception e)
        {
            _answer.TrySetException(e);
            return false;
        }
    }

    public override void Complete() => _answer.TrySetResult(_result!);

    public override void Fail(Exception exception) => _answer.TrySetException(exception);
}
