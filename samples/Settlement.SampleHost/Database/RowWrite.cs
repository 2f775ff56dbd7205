namespace Settlement.SampleHost.Database;

internal enum ColumnKind
{
    /// <summary>32 hex digits.</summary>
    Id,

    /// <summary>At most 200 characters.</summary>
    Text,

    Whole,
}

/// <summary>A statement that writes many rows.</summary>
/// <param name="Table">Where to.</param>
/// <param name="Columns">What a row holds, in this order.</param>
/// <param name="Updated">What a row of the same key is given; null where such a row is an error.</param>
internal sealed record RowWrite(string Table, IReadOnlyList<(string Name, ColumnKind Kind)> Columns, IReadOnlyList<string>? Updated = null)
{
    public string Names { get; } = string.Join(", ", Columns.Select(c => c.Name));
}
