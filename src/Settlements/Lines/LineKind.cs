namespace Settlements;

/// <summary>What a line is. The numbers are stored; their order is that of the names by bytes.</summary>
public enum LineKind
{
    /// <summary>Earlier units of a payee that a volume table reprices: quantity 0.</summary>
    Repricing = 50,

    /// <summary>A published line corrected: the difference to it, in amount or quantity.</summary>
    Restatement = 60,

    /// <summary>Usage of one meter, item, payee and usage date.</summary>
    Usage = 70,
}
