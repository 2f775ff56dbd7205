namespace Settlements;

/// <summary>Converts between <see cref="LineKind"/> and the names in files and on the command line.</summary>
public static class LineKinds
{
    /// <summary>Returns the name of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns><c>usage</c>, <c>repricing</c> or <c>restatement</c>.</returns>
    public static string Name(this LineKind kind) => kind switch
    {
        LineKind.Repricing => "repricing",
        LineKind.Restatement => "restatement",
        LineKind.Usage => "usage",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Use Usage, Repricing or Restatement."),
    };

    /// <summary>Parses the name of a kind.</summary>
    /// <param name="name">A name as returned by <see cref="Name"/>.</param>
    /// <returns>The kind.</returns>
    /// <exception cref="FormatException">The text is not the name of a kind.</exception>
    public static LineKind Parse(string name) => name switch
    {
        "repricing" => LineKind.Repricing,
        "restatement" => LineKind.Restatement,
        "usage" => LineKind.Usage,
        _ => throw new FormatException($"'{name}' is not a kind of line. Use usage, repricing or restatement."),
    };
}
