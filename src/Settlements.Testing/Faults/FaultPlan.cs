namespace Settlements.Testing;

/// <summary>
/// A plan that counts the statements of all its connections and injects a fault at one of them; after a
/// <see cref="FaultKind.ProcessStop"/> all later statements fail too. Thread-safe.
/// </summary>
public sealed class FaultPlan
{
    private readonly long _faultAt;
    private long _statements;
    private int _isInjected;

    /// <summary>Creates a plan with one fault.</summary>
    /// <param name="statement">The number of the statement that fails, from 1.</param>
    /// <param name="kind">The kind of fault.</param>
    /// <param name="side">Whether it is injected before or after the statement is executed.</param>
    public FaultPlan(long statement, FaultKind kind, FaultSide side)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(statement);
        (_faultAt, Kind, Side) = (statement, kind, side);
    }

    private FaultPlan() => _faultAt = long.MaxValue;

    /// <summary>The kind of fault.</summary>
    public FaultKind Kind { get; }

    /// <summary>Whether the fault is injected before or after the statement is executed.</summary>
    public FaultSide Side { get; }

    /// <summary>Number of statements counted so far.</summary>
    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>Whether the fault has been injected.</summary>
    public bool IsInjected => Volatile.Read(ref _isInjected) == 1;

    /// <summary>Whether a <see cref="FaultKind.ProcessStop"/> has been injected: every further statement fails.</summary>
    public bool IsStopped => IsInjected && Kind == FaultKind.ProcessStop;

    /// <summary>Creates a plan that counts statements and injects no fault.</summary>
    /// <returns>The plan.</returns>
    public static FaultPlan CountOnly() => new();

    /// <summary>Counts a statement.</summary>
    /// <returns>Its number, from 1.</returns>
    public long CountStatement() => Interlocked.Increment(ref _statements);

    /// <summary>Returns whether the fault is injected here, and if so sets <see cref="IsInjected"/>.</summary>
    /// <param name="statement">The statement's number, from <see cref="CountStatement"/>.</param>
    /// <param name="side">Before or after the statement's execution.</param>
    /// <returns>Whether the statement has to fail here.</returns>
    public bool TryInject(long statement, FaultSide side)
    {
        if (statement != _faultAt || side != Side)
            return false;
        Volatile.Write(ref _isInjected, 1);
        return true;
    }

    /// <summary>Returns a description of the fault, for error messages.</summary>
    /// <returns>For example <c>BrokenConnection after statement 17</c>.</returns>
    public override string ToString() => _faultAt == long.MaxValue
        ? "no fault"
        : FormattableString.Invariant($"{Kind} {(Side == FaultSide.Before ? "before" : "after")} statement {_faultAt}");
}
