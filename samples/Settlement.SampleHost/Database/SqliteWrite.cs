using Microsoft.Data.Sqlite;

namespace Settlement.SampleHost.Database;

/// <summary>A queued write, which shares its transaction with others.</summary>
internal abstract class SqliteWrite
{
    /// <summary>Executes the write within the shared transaction.</summary>
    /// <returns>Whether it succeeded; if not, the caller rolls back to its savepoint.</returns>
    public abstract Task<bool> TryRunAsync(SqliteConnection connection, SqliteTransaction transaction);

    /// <summary>Completes the caller's task with the result, after the commit.</summary>
    public abstract void Complete();

    /// <summary>Fails the caller's task: the commit failed.</summary>
    public abstract void Fail(Exception exception);
}

internal sealed class SqliteWrite<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken) : SqliteWrite
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Completion => _completion.Task;

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
            _completion.TrySetCanceled(e.CancellationToken);
            return false;
        }
        catch (Exception e)
        {
            _completion.TrySetException(e);
            return false;
        }
    }

    public override void Complete() => _completion.TrySetResult(_result!);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);
}
