namespace Settlements;

/// <summary>The fields of a row of a CSV file, without their quotes. Valid until the next row is read.</summary>
/// <param name="source">The bytes that hold the fields, one after the other.</param>
/// <param name="ends">Where in them each field ends.</param>
/// <param name="gap">The bytes between two fields: 1 in a row with its commas, 0 in unquoted fields that were copied.</param>
internal readonly ref struct CsvFields(ReadOnlySpan<byte> source, ReadOnlySpan<int> ends, int gap)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private readonly ReadOnlySpan<int> _ends = ends;

    public int Count => _ends.Length;

    /// <summary>A field.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<byte> this[int index] => _source[(index == 0 ? 0 : _ends[index - 1] + gap).._ends[index]];
}

/// <summary>What is wrong with a row of a CSV file.</summary>
/// <param name="Column">The column's name in the header, or <see langword="null"/> for the row as a whole.</param>
/// <param name="Reason">Sentences that name what is wrong, the limit and the remedy.</param>
internal readonly record struct CsvError(string? Column, string Reason);
