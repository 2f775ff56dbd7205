namespace Settlements;

/// <summary>The reason for which a row is rejected.</summary>
/// <param name="Column">The column's name, or <see langword="null"/> for the row as a whole.</param>
/// <param name="Reason">One or more sentences with the value, the limit and the remedy.</param>
internal sealed record Rejection(string? Column, string Reason);
