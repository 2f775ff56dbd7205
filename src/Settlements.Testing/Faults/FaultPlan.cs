namespace Settlements.Testing;

/// <summary>
/// Counts the statements of all connections that have this plan, and says which one fails, and how: one, and after a
/// <see cref="FaultKind.ProcessStop"/> all that follow. Thread-safe.
/// </summary>
public sealed class FaultPlan
{
    private readonly long _at;
    private long _statements;
    private int _hasStruck;

    /// <summary>A plan with one fault.</summary>
    /// <param name="at">The statement that fails, from 1.</param>
    /// <param name="kind">How.</param>
    /// <param name="side">Before it is executed, or after.</param>
    public FaultPlan(long at, FaultKind kind, FaultSide side)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(at);
        (_at, Kind, Side) = (at, kind, side);
    }

    private FaultPlan() => _at = long.MaxValue;

    /// <summary>How the statement fails.</summary>
    public FaultKind Kind { get; }

    /// <summary>Before it is executed, or after.</summary>
    public FaultSide Side { get; }

    /// <summary>The statements so far.</summary>
    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>Whether the fault has struck.</summary>
    public bool HasStruck => Volatile.Read(ref _hasStruck) == 1;

    /// <summary>Whether nothing is executed any more.</summary>
    public bool IsStopped => HasStruck && Kind == FaultKind.ProcessStop;

    /// <summary>A plan that only counts.</summary>
    /// <returns>The plan.</returns>
    public static FaultPlan CountOnly() => new();

    /// <summary>Counts a statement.</summary>
    /// <returns>Its number, from 1.</returns>
    public long Count() => Interlocked.Increment(ref _statements);

    /// <summary>Whether a statement fails on this side of it; the fault has struck then.</summary>
    /// <param name="statement">Its number, as <see cref="Count"/> gave it.</param>
    /// <param name="side">The side.</param>
    /// <returns>Whether it fails here.</returns>
    public bool Strikes(long statement, FaultSide side)
    {
        if (statement != _at || side != Side)
            return false;
        Volatile.Write(ref _hasStruck, 1);
        return true;
    }

    /// <summary>In words, for a failure's message.</summary>
    /// <returns>For example <c>BrokenConnection after statement 17</c>.</returns>
    public override string ToString() => _at == long.MaxValue ? "no fault" : FormattableString.Invariant($"{Kind} {(Side == FaultSide.Before ? "before" : "after")} statement {_at}");
}
