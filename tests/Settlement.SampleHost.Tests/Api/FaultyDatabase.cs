using System.Data.Common;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>A database that is away, or whose answers are lost, when the test says so.</summary>
internal sealed class FaultyDatabase(PlatformDatabase inner) : PlatformDatabase(null!, null!) // all that would use them goes to the inner one
{
    /// <summary>Every statement fails as those to a server that is away.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>Reads alone fail: those after a write, too.</summary>
    public bool IsReadUnavailable { get; set; }

    /// <summary>Which of the next writes commits without telling its caller: 1 is the next.</summary>
    public int CommitToLose { get; set; }

    /// <summary>Which of the next writes fails and does nothing: 1 is the next.</summary>
    public int WriteToFail { get; set; }

    /// <summary>Called after each commit.</summary>
    public Action? OnCommitted { get; set; }

    protected override string Engine => "";

    protected override Dialect Dialect => throw new NotSupportedException();

    public override Task<T> ReadAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken) =>
        IsUnavailable || IsReadUnavailable ? throw new UnavailableException() : inner.ReadAsync(read, cancellationToken);

    public override Task<T> ReadForDisplayAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken) =>
        IsUnavailable || IsReadUnavailable ? throw new UnavailableException() : inner.ReadForDisplayAsync(read, cancellationToken);

    public override async Task<T> WriteAsync<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken)
    {
        if (IsUnavailable)
            throw new UnavailableException();
        if (WriteToFail > 0 && --WriteToFail == 0)
            throw new UnavailableException();
        var result = await inner.WriteAsync(write, cancellationToken);
        OnCommitted?.Invoke();
        return CommitToLose > 0 && --CommitToLose == 0 ? throw new UnknownOutcomeException(new UnavailableException()) : result;
    }

    public override bool IsDuplicate(DbException exception) => inner.IsDuplicate(exception);

    public override Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken) => inner.ApplySchemaAsync(clock, cancellationToken);

    public override DbConnection Open() => IsUnavailable ? throw new UnavailableException() : inner.Open();

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class UnavailableException() : DbException("The server is away.")
    {
        public override bool IsTransient => true;
    }
}
