namespace Settlements.Testing;

/// <summary>The kind of an injected fault.</summary>
public enum FaultKind
{
    /// <summary>The statement throws; its connection stays usable.</summary>
    Exception,

    /// <summary>The statement throws, and its connection is lost with its uncommitted changes. Other connections stay usable.</summary>
    BrokenConnection,

    /// <summary>
    /// Simulates the end of the process: uncommitted changes are lost, and every later statement of any connection throws.
    /// </summary>
    ProcessStop,
}

/// <summary>Whether a fault is injected before or after its statement is executed.</summary>
public enum FaultSide
{
    /// <summary>The statement is not executed.</summary>
    Before,

    /// <summary>The statement is executed, and its response is lost.</summary>
    After,
}

/// <summary>
/// Thrown by <see cref="FaultKind.ProcessStop"/>. It derives from no database exception, so that error handling for databases doesn't catch
/// it.
/// </summary>
public sealed class ProcessStoppedException : Exception
{
    internal ProcessStoppedException(long statement)
        : base(FormattableString.Invariant($"Injected fault: the process stops at statement {statement}."))
    {
    }
}
