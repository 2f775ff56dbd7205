namespace Settlements.TestServers;

/// <summary>The response of a scripted server to a command.</summary>
public abstract record ScriptedAnswer
{
    private ScriptedAnswer()
    {
    }

    /// <summary>A reset of the connection instead of a response.</summary>
    public static ScriptedAnswer Cut { get; } = new Reset();

    /// <summary>Creates a success without rows.</summary>
    /// <param name="affected">Number of affected rows, at least 0.</param>
    public static ScriptedAnswer Ok(long affected = 0) => new Done(affected);

    /// <summary>Creates an error; later statements of the same command are not executed.</summary>
    /// <param name="number">The error number, for example 1290.</param>
    /// <param name="sqlState">The SQL state, five characters, for example <c>HY000</c>.</param>
    /// <param name="message">The error message.</param>
    public static ScriptedAnswer Error(int number, string sqlState, string message)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sqlState?.Length ?? 0, 5, nameof(sqlState));
        return new Fault(number, sqlState!, message);
    }

    /// <summary>Creates a row set.</summary>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="rows">
    /// The rows, each with a value per column. A column is numeric if all of its values except nulls are numbers of one .NET type;
    /// otherwise it is text.
    /// </param>
    public static ScriptedAnswer Rows(string[] columns, params object?[][] rows)
    {
        foreach (var row in rows)
            ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, columns.Length, nameof(rows));
        return new RowSet(columns, rows);
    }

    /// <summary>Creates a row set of one value.</summary>
    public static ScriptedAnswer Value(object? value) => Rows(["value"], [value]);

    /// <summary>Appends the response to the next statement of the same command.</summary>
    public ScriptedAnswer Then(ScriptedAnswer next) => new Several([.. Parts, .. next.Parts]);

    /// <summary>Delays this response. <c>KILL QUERY</c> ends the delay with error 1317, as on a real server.</summary>
    public ScriptedAnswer After(TimeSpan delay) => new Several([new Wait(delay), .. Parts]);

    /// <summary>The single responses, in the order of sending.</summary>
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
