using System.Data.Common;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>A database that is away, or whose answers are lost, when the test says so.</summary>
internal sealed class FaultyDatabase(PlatformDatabase inner) : PlatformDatabase(null!, null!) // all that would use them goes to the inner one
{
    /// <summary>Every statement fails as those to a server that is away.</summary>
    public bool IsAway { get; set; }

    /// <summary>Reads alone fail: those after a write, too.</summary>
    public bool IsReadAway { get; set; }

    /// <summary>Which of the next writes commits without telling its caller: 1 is the next.</summary>
    public int LosesAnswerOf { get; set; }

    /// <summary>Which of the next writes fails and does nothing: 1 is the next.</summary>
    public int FailsWrite { get; set; }

    /// <summary>Called after each commit.</summary>
    public Action? OnWritten { get; set; }

    protected override string Engine => "";

    protected override Dialect Dialect => throw new NotSupportedException();

    public override Task<T> ReadAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken) =>
        IsAway || IsReadAway ? throw new AwayException() : inner.ReadAsync(read, cancellationToken);

    public override Task<T> ReadShownAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken) =>
        IsAway || IsReadAway ? throw new AwayException() : inner.ReadShownAsync(read, cancellationToken);

    public override async Task<T> WriteAsync<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken)
    {
        if (IsAway)
            throw new AwayException();
        if (FailsWrite > 0 && --FailsWrite == 0)
            throw new AwayException();
        var result = await inner.WriteAsync(write, cancellationToken);
        OnWritten?.Invoke();
        return LosesAnswerOf > 0 && --LosesAnswerOf == 0 ? throw new UnknownOutcomeException(new AwayException()) : result;
    }

    public override bool IsDuplicate(DbException exception) => inner.IsDuplicate(exception);

    public override Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken) => inner.ApplySchemaAsync(clock, cancellationToken);

    public override DbConnection Open() => IsAway ? throw new AwayException() : inner.Open();

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class AwayException() : DbException("The server is away.")
    {
        public override bool IsTransient => true;
    }
}
