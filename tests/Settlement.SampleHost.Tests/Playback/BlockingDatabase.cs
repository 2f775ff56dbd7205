using System.Data.Common;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Tests.Playback;

/// <summary>A database whose writes wait until the test releases them. Does not dispose of the inner database.</summary>
internal sealed class BlockingDatabase(PlatformDatabase inner) : PlatformDatabase(null!, null!) // all calls are delegated
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _losesResponse;

    /// <summary>Completes when the first write has started.</summary>
    public Task Reached => _reached.Task;

    public int Writes { get; private set; }

    protected override string Engine => "";

    protected override Dialect Dialect => throw new NotSupportedException();

    public void Release() => _released.TrySetResult();

    /// <summary>The next write commits, but its response is lost.</summary>
    public void LoseResponse() => _losesResponse = true;

    public override Task<T> ReadAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken) =>
        inner.ReadAsync(read, cancellationToken);

    public override Task<T> ReadForDisplayAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken) =>
        inner.ReadForDisplayAsync(read, cancellationToken);

    public override async Task<T> WriteAsync<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken)
    {
        Writes++;
        _reached.TrySetResult();
        await _released.Task;
        var result = await inner.WriteAsync(write, cancellationToken);
        if (!_losesResponse)
            return result;
        _losesResponse = false;
        throw new LostResponseException();
    }

    public override bool IsDuplicate(DbException exception) => inner.IsDuplicate(exception);

    public override Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken) =>
        inner.ApplySchemaAsync(clock, cancellationToken);

    public override DbConnection Open() => inner.Open();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class LostResponseException() : DbException("The response was lost.")
    {
        public override bool IsTransient => true;
    }
}
