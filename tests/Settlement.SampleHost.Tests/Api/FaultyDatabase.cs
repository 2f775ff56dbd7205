using System.Data.Common;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>A database with injected faults: unavailable, failing writes, or lost commit responses.</summary>
internal sealed class FaultyDatabase(PlatformDatabase inner) : PlatformDatabase(null!, null!) // all calls are delegated
{
    /// <summary>Whether all statements fail as with an unavailable server.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>Whether reads fail, including those after a write.</summary>
    public bool IsReadUnavailable { get; set; }

    /// <summary>The number of the write whose commit response is lost; 1 is the next write, 0 is none.</summary>
    public int CommitToLose { get; set; }

    /// <summary>The number of the write that fails without a change; 1 is the next write, 0 is none.</summary>
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

    public override Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken) =>
        inner.ApplySchemaAsync(clock, cancellationToken);

    public override DbConnection Open() => IsUnavailable ? throw new UnavailableException() : inner.Open();

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class UnavailableException() : DbException("The server is unavailable.")
    {
        public override bool IsTransient => true;
    }
}
