namespace Settlements;

/// <summary>
/// A connection that wants to be told of the statements that a store prepares by itself, past the driver's commands. What it throws is the
/// statement's failure.
/// </summary>
internal interface IStatementObserver
{
    /// <summary>Told before a statement is executed, each time.</summary>
    /// <param name="sql">The statement.</param>
    void Before(string sql);

    /// <summary>Told after a statement was executed.</summary>
    /// <param name="sql">The statement.</param>
    void After(string sql);
}
