namespace Settlements;

/// <summary>
/// An observer on a connection for the statements that a store prepares directly instead of with the driver's commands. For tests. An
/// exception of the observer is the error of the statement.
/// </summary>
internal interface IStatementObserver
{
    /// <summary>Called before each execution of a statement.</summary>
    /// <param name="sql">The text of the statement.</param>
    void Before(string sql);

    /// <summary>Called after each execution of a statement.</summary>
    /// <param name="sql">The text of the statement.</param>
    void After(string sql);
}
