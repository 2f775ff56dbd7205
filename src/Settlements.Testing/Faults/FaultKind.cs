namespace Settlements.Testing;

/// <summary>How a statement fails.</summary>
public enum FaultKind
{
    /// <summary>The statement throws; its connection can be used further.</summary>
    Exception,

    /// <summary>The statement throws, and its connection is lost with all that was not committed. Other connections work.</summary>
    BrokenConnection,

    /// <summary>As when the process ends: what was not committed is lost, and no statement of any connection is executed any more.</summary>
    ProcessStop,
}

/// <summary>On which side of its statement a fault strikes.</summary>
public enum FaultSide
{
    /// <summary>The statement is not executed.</summary>
    Before,

    /// <summary>The statement is executed, and its answer is lost.</summary>
    After,
}

/// <summary>A <see cref="FaultKind.ProcessStop"/>: no code that handles errors of a database handles this one.</summary>
public sealed class ProcessStoppedException : Exception
{
    internal ProcessStoppedException(long statement)
        : base(FormattableString.Invariant($"The process is stopped at statement {statement}, as its test wants."))
    {
    }
}
