using System.Data.Common;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Tests.Playback;

/// <summary>A database whose writes wait until the test opens it. It doesn't own the one behind it.</summary>
internal sealed class BlockingDatabase(PlatformDatabase inner) : PlatformDatabase(null!, null!) // all that would use them goes to the inner one
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _losesAnswers;

    /// <summary>Ends when the first write is here.</summary>
    public Task Reached => _reached.Task;

    public int Writes { get; private set; }

    protected override string Engine => "";

    protected override Dialect Dialect => throw new NotSupportedException();

    public void Release() => _open.TrySetResult();

    /// <summary>The next write commits, and its callers are not told.</summary>
    public void LoseAnswer() => _losesAnswers = true;

    public override Task<T> ReadAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken) => inner.ReadAsync(read, cancellationToken);

    public override Task<T> ReadForDisplayAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken) => inner.ReadForDisplayAsync(read, cancellationToken);

    public override async Task<T> WriteAsync<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken)
    {
        Writes++;
        _reached.TrySetResult();
        await _open.Task;
        var result = await inner.WriteAsync(write, cancellationToken);
        if (!_losesAnswers)
            return result;
        _losesAnswers = false;
        throw new LostAnswerException();
    }

    public override bool IsDuplicate(DbException exception) => inner.IsDuplicate(exception);

    public override Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken) => inner.ApplySchemaAsync(clock, cancellationToken);

    public override DbConnection Open() => inner.Open();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class LostAnswerException() : DbException("The answer was lost.")
    {
        public override bool IsTransient => true;
    }
}
