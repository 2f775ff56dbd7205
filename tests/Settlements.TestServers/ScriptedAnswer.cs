namespace Settlements.TestServers;

/// <summary>What a scripted server answers to a command.</summary>
public abstract record ScriptedAnswer
{
    private ScriptedAnswer()
    {
    }

    /// <summary>The connection is reset in place of an answer.</summary>
    public static ScriptedAnswer Cut { get; } = new Reset();

    /// <summary>Done.</summary>
    /// <param name="affected">How many rows it changed, at least 0.</param>
    public static ScriptedAnswer Ok(long affected = 0) => new Done(affected);

    /// <summary>An error; a statement that stands behind it in the same command is not executed.</summary>
    /// <param name="number">Its number, for example 1290.</param>
    /// <param name="sqlState">Its SQL state, five characters, for example <c>HY000</c>.</param>
    /// <param name="message">The error message.</param>
    public static ScriptedAnswer Error(int number, string sqlState, string message)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sqlState?.Length ?? 0, 5, nameof(sqlState));
        return new Fault(number, sqlState!, message);
    }

    /// <summary>A row set.</summary>
    /// <param name="columns">The columns' names.</param>
    /// <param name="rows">
    /// The rows, as long as the columns. A column is a number to the client where all its values but nulls are numbers of one .NET type, and
    /// else text.
    /// </param>
    public static ScriptedAnswer Rows(string[] columns, params object?[][] rows)
    {
        foreach (var row in rows)
            ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, columns.Length, nameof(rows));
        return new RowSet(columns, rows);
    }

    /// <summary>A row set of one value.</summary>
    public static ScriptedAnswer Value(object? value) => Rows(["value"], [value]);

    /// <summary>This answer, and behind it that of the next statement in the same command.</summary>
    public ScriptedAnswer Then(ScriptedAnswer next) => new Several([.. Parts, .. next.Parts]);

    /// <summary>This answer, so much later. <c>KILL QUERY</c> ends the wait with error 1317, as it does on a real server.</summary>
    public ScriptedAnswer After(TimeSpan delay) => new Several([new Wait(delay), .. Parts]);

    /// <summary>In the order in which they are sent.</summary>
    internal virtual IReadOnlyList<ScriptedAnswer> Parts => [this];

    internal sealed record Done(long Affected) : ScriptedAnswer;

    internal sealed record Fault(int Number, string SqlState, string Message) : ScriptedAnswer;

    internal sealed record RowSet(string[] Columns, object?[][] Values) : ScriptedAnswer;

    internal sealed record Reset : ScriptedAnswer;

    internal sealed record Wait(TimeSpan Delay) : ScriptedAnswer;

    internal sealed record Several(IReadOnlyList<ScriptedAnswer> All) : ScriptedAnswer
    {
        internal override IReadOnlyList<ScriptedAnswer> Parts => All;
    }
}
