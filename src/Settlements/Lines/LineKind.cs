namespace Settlements;

/// <summary>The kinds of lines. The numeric values are stored, and sort like the names by bytes.</summary>
public enum LineKind
{
    /// <summary>The changed price of earlier units of a payee under a volume table. Its quantity is 0.</summary>
    Repricing = 50,

    /// <summary>The correction of a published line: a difference in amount or quantity.</summary>
    Restatement = 60,

    /// <summary>The usage of one meter, item, payee and usage date.</summary>
    Usage = 70,
}
