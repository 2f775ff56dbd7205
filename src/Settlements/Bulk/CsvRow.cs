namespace Settlements;

/// <summary>A row as it came, without its line end. Its bytes are valid until the next row is read.</summary>
internal readonly ref struct CsvRow
{
    /// <summary>The row's bytes; of one that is too long, the first.</summary>
    public ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Whether it is known to hold neither a quote nor a carriage return.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Whether it is longer than a row may be.</summary>
    public bool IsOverlong { get; init; }

    /// <summary>Whether the file ends within a quoted field of it.</summary>
    public bool IsUnclosed { get; init; }
}

/// <summary>What came of asking for a row.</summary>
internal enum CsvRead
{
    /// <summary>A row.</summary>
    Row,

    /// <summary>Nothing before more bytes are read.</summary>
    MoreBytes,

    /// <summary>Nothing any more.</summary>
    End,
}
