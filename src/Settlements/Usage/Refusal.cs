namespace Settlements;

/// <summary>Why a row is refused.</summary>
/// <param name="Column">The column's name, or <see langword="null"/> for the row as a whole.</param>
/// <param name="Reason">Sentences that name the value, the limit and what to do.</param>
internal sealed record Refusal(string? Column, string Reason);
