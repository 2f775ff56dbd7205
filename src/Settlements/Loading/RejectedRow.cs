namespace Settlements;

/// <summary>A rejected row and the reason. Immutable.</summary>
/// <param name="RowNumber">
/// The number of the row in the file, where the header is row 1 and a quoted line break does not start a row; or the position of the
/// event in its stream, from 1.
/// </param>
/// <param name="Column">The invalid column, by its name in the header; <see langword="null"/> when the row as a whole is invalid.</param>
/// <param name="Reason">The cause and the remedy, as one or more sentences.</param>
/// <param name="Raw">
/// The original text of the row without its line end, truncated to <see cref="RawLengthMax"/> chars, with U+FFFD for invalid UTF-8. For
/// an event that was loaded as a value, or whose id is already stored with different content, the row as the library formats it.
/// </param>
public sealed record RejectedRow(long RowNumber, string? Column, string Reason, string Raw)
{
    /// <summary>The maximum length of <see cref="Raw"/>: 1,000 chars (UTF-16 code units).</summary>
    public const int RawLengthMax = 1_000;

    /// <summary>
    /// Gets the line of the file on which the row starts, from 1. It exceeds <see cref="RowNumber"/> after a quoted line break in an
    /// earlier row. <see langword="null"/> when the row is not from a file, or its line is unknown.
    /// </summary>
    public long? LineNumber { get; init; }

    internal static RejectedRow From(long rowNumber, Rejection rejection, string raw) =>
        new(rowNumber, rejection.Column, rejection.Reason, RawRow.Cut(raw));
}
