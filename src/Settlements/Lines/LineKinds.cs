namespace Settlements;

/// <summary>The names of the kinds, as files and the command line show them.</summary>
public static class LineKinds
{
    /// <summary>The name of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns><c>usage</c>, <c>repricing</c> or <c>restatement</c>.</returns>
    public static string Name(this LineKind kind) => kind switch
    {
        LineKind.Repricing => "repricing",
        LineKind.Restatement => "restatement",
        LineKind.Usage => "usage",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A line is a usage, a repricing or a restatement."),
    };

    /// <summary>The kind of a name.</summary>
    /// <param name="name">As <see cref="Name"/> gives it.</param>
    /// <returns>The kind.</returns>
    /// <exception cref="FormatException">It is not the name of a kind.</exception>
    public static LineKind Parse(string name) => name switch
    {
        "repricing" => LineKind.Repricing,
        "restatement" => LineKind.Restatement,
        "usage" => LineKind.Usage,
        _ => throw new FormatException($"'{name}' is not a kind of line; use usage, repricing or restatement."),
    };
}
