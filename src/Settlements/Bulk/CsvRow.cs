namespace Settlements;

/// <summary>The original bytes of a row without its line end. Valid until the next row is read.</summary>
internal readonly ref struct CsvRow
{
    /// <summary>Gets the bytes of the row; for a row that is too long, the first ones.</summary>
    public ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Gets whether the row is known to contain neither quotes nor carriage returns.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Gets whether the row exceeds the maximum length.</summary>
    public bool IsOverlong { get; init; }

    /// <summary>Gets whether the file ends within a quoted field of the row.</summary>
    public bool IsUnclosed { get; init; }
}

/// <summary>The result of reading a row.</summary>
internal enum CsvRead
{
    /// <summary>A row was read.</summary>
    Row,

    /// <summary>The row is incomplete: more bytes are required.</summary>
    MoreBytes,

    /// <summary>The file has ended.</summary>
    End,
}
