using System.Diagnostics.CodeAnalysis;

namespace Settlements;

/// <summary>A rejected row and the reason. Immutable.</summary>
[method: Experimental("SETTLE001")]
public sealed class RejectedRow(long rowNumber, string? column, string reason, string raw)
{
    /// <summary>The maximum length of <see cref="Raw"/>: 1,000 chars (UTF-16 code units).</summary>
    [Experimental("SETTLE001")]
    public const int RawLengthMax = 1_000;

    internal RejectedRow(RejectedRow other)
        : this(other.RowNumber, other.Column, other.Reason, other.Raw) => LineNumber = other.LineNumber;

    /// <summary>
    /// The number of the row in the file, where the header is row 1 and a quoted line break does not start a row; or the position of the
    /// event in its stream, from 1.
    /// </summary>
    public long RowNumber { get; internal init; } = rowNumber;

    /// <summary>The invalid column, by its name in the header; <see langword="null"/> when the row as a whole is invalid.</summary>
    public string? Column { get; internal init; } = column;

    /// <summary>The cause and the remedy, as one or more sentences.</summary>
    public string Reason { get; internal init; } = reason;

    /// <summary>
    /// The original text of the row without its line end, truncated to 1,000 chars, with U+FFFD for invalid UTF-8.
    /// For an event that was loaded as a value, or whose id is already stored with different content, the row as the library formats it.
    /// </summary>
    public string Raw { get; internal init; } = raw;

    /// <summary>
    /// Gets the line of the file on which the row starts, from 1. It exceeds <see cref="RowNumber"/> after a quoted line break in an
    /// earlier row. <see langword="null"/> when the row is not from a file, or its line is unknown.
    /// </summary>
    public long? LineNumber { get; internal init; }

    internal static RejectedRow From(long rowNumber, Rejection rejection, string raw) =>
        new(rowNumber, rejection.Column, rejection.Reason, RawRow.Cut(raw));
}
