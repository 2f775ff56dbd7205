using System.Globalization;

namespace Settlements;

/// <summary>
/// A row stopped the load. The chunk that held it left nothing behind; the chunks before it stay stored, and loading the same file again
/// after the row is mended counts them as duplicates.
/// </summary>
public sealed class RowRejectedException : Exception
{
    /// <summary>Says which row stopped a load; for loaders.</summary>
    /// <param name="row">The row.</param>
    /// <param name="undecided">The rejected rows of the chunk that failed.</param>
    /// <param name="rejected">The rejected rows of the whole load, those included.</param>
    /// <param name="rejectsMax">The most that may be.</param>
    public RowRejectedException(RejectedRow row, IReadOnlyList<RejectedRow> undecided, long rejected, int rejectsMax)
        : base(Sentence(row ?? throw new ArgumentNullException(nameof(row)), rejected, rejectsMax))
    {
        RowNumber = row.RowNumber;
        LineNumber = row.LineNumber;
        Column = row.Column;
        Reason = row.Reason;
        Undecided = undecided;
    }

    /// <summary>The row of the file, where the header is row 1; or the event's place in its stream, from 1.</summary>
    public long RowNumber { get; }

    /// <summary>The line of the file on which the row begins, as <see cref="RejectedRow.LineNumber"/>.</summary>
    public long? LineNumber { get; }

    /// <summary>The column at fault, by its name in the header; <see langword="null"/> when the row as a whole is.</summary>
    public string? Column { get; }

    /// <summary>What is wrong with the row, and what to do.</summary>
    public string Reason { get; }

    /// <summary>
    /// The rejected rows found in the chunk that failed, in the order of the rows, the one that stopped the load among them; at most 1,000
    /// that are malformed. They were not given to <see cref="UsageLoadOptions.OnRejected"/>, since nothing of the chunk was decided.
    /// </summary>
    public IReadOnlyList<RejectedRow> Undecided { get; }

    private static string Sentence(RejectedRow row, long rejected, int rejectsMax)
    {
        var where = row.Column is null ? "" : $", column '{row.Column}'";
        var line = row.LineNumber is { } number ? string.Create(CultureInfo.InvariantCulture, $" (line {number})") : "";
        var sentence = string.Create(CultureInfo.InvariantCulture, $"Row {row.RowNumber}{line}{where}: {row.Reason}");
        return rejectsMax == 0
            ? sentence
            : string.Create(
                CultureInfo.InvariantCulture, $"{sentence} {rejected} rows were rejected, more than the limit of {rejectsMax} (RejectsMax).");
    }
}
