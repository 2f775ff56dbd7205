using System.Globalization;

namespace Settlements;

/// <summary>
/// Thrown when a rejected row stopped a load. Its chunk was rolled back; earlier chunks remain stored, and loading the corrected file
/// again counts their rows as duplicates.
/// </summary>
public sealed class RowRejectedException : Exception
{
    /// <summary>Initializes an exception with the row that stopped a load. For loader authors.</summary>
    /// <param name="row">The row.</param>
    /// <param name="rejectedInChunk">The rejected rows of the chunk that was rolled back.</param>
    /// <param name="rejected">The number of rejected rows of the load, including these.</param>
    /// <param name="rejectsMax">The maximum number of rejected rows.</param>
    internal RowRejectedException(RejectedRow row, IReadOnlyList<RejectedRow> rejectedInChunk, long rejected, int rejectsMax)
        : base(MessageOf(row ?? throw new ArgumentNullException(nameof(row)), rejected, rejectsMax))
    {
        RowNumber = row.RowNumber;
        LineNumber = row.LineNumber;
        Column = row.Column;
        Reason = row.Reason;
        RejectedInChunk = rejectedInChunk;
    }

    /// <summary>
    /// Gets the number of the row in the file, where the header is row 1; or the position of the event in its stream, from 1.
    /// </summary>
    public long RowNumber { get; }

    /// <summary>Gets the line of the file on which the row starts; see <see cref="RejectedRow.LineNumber"/>.</summary>
    public long? LineNumber { get; }

    /// <summary>Gets the invalid column, by its name in the header; <see langword="null"/> when the row as a whole is invalid.</summary>
    public string? Column { get; }

    /// <summary>Gets the cause and the remedy.</summary>
    public string Reason { get; }

    /// <summary>
    /// Gets the rejected rows of the chunk that was rolled back, in the order of the rows, including the row that stopped the load. At
    /// most 1,000 of them are malformed. They were not reported to <see cref="UsageLoadOptions.OnRejected"/>, which only receives the
    /// rows of stored chunks.
    /// </summary>
    public IReadOnlyList<RejectedRow> RejectedInChunk { get; }

    private static string MessageOf(RejectedRow row, long rejected, int rejectsMax)
    {
        var where = row.Column is null ? "" : $", column '{row.Column}'";
        var line = row.LineNumber is { } number ? string.Create(CultureInfo.InvariantCulture, $" (line {number})") : "";
        var message = string.Create(CultureInfo.InvariantCulture, $"Row {row.RowNumber}{line}{where}: {row.Reason}");
        return rejectsMax == 0
            ? message
            : string.Create(
                CultureInfo.InvariantCulture, $"{message} {rejected} rows were rejected, more than the limit of {rejectsMax} "
                    + $"(RejectsMax). Correct the rows, or raise the limit.");
    }
}
