namespace Settlements;

/// <summary>The fields of a row of a CSV file without quotes. Valid until the next row is read.</summary>
/// <param name="source">The bytes of the fields, in order.</param>
/// <param name="ends">The end of each field in these bytes.</param>
/// <param name="gap">The number of bytes between two fields: 1 in an original row with commas, 0 in copied fields.</param>
internal readonly ref struct CsvFields(ReadOnlySpan<byte> source, ReadOnlySpan<int> ends, int gap)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private readonly ReadOnlySpan<int> _ends = ends;

    public int Count => _ends.Length;

    /// <summary>Gets a field.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<byte> this[int index] => _source[(index == 0 ? 0 : _ends[index - 1] + gap).._ends[index]];
}

/// <summary>The error of a row of a CSV file.</summary>
/// <param name="Column">The name of the column in the header, or <see langword="null"/> for the row as a whole.</param>
/// <param name="Reason">One or more sentences with the cause, the limit and the remedy.</param>
internal readonly record struct CsvError(string? Column, string Reason);
