namespace Settlements;

/// <summary>A row that was not stored, and why. Immutable.</summary>
/// <param name="RowNumber">The row of the file, where the header is row 1 and a quoted line break starts no row; or the event's place in
/// its stream, from 1.</param>
/// <param name="Column">The column at fault, by its name in the header; <see langword="null"/> when the row as a whole is.</param>
/// <param name="Reason">What is wrong with it, and what to do: one or more sentences.</param>
/// <param name="Raw">
/// The row's text as it came, without its line end and cut at <see cref="RawLengthMax"/> chars; bytes that are not UTF-8 are shown as
/// U+FFFD. For an event that came as a value, or whose id is known with another content, the row as this library writes it.
/// </param>
public sealed record RejectedRow(long RowNumber, string? Column, string Reason, string Raw)
{
    /// <summary>Where <see cref="Raw"/> is cut: 1,000 chars (UTF-16 code units).</summary>
    public const int RawLengthMax = 1_000;

    /// <summary>
    /// The line of the file on which the row begins, from 1: more than <see cref="RowNumber"/> once an earlier row held a quoted line break;
    /// <see langword="null"/> when the row did not come from a file, or its line is not known.
    /// </summary>
    public long? LineNumber { get; init; }

    internal static RejectedRow From(long rowNumber, Rejection rejection, string raw) =>
        new(rowNumber, rejection.Column, rejection.Reason, RawRow.Cut(raw));
}
