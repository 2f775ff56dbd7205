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
internal sealed record RowWrite
{
    private RowWrite(string table, IReadOnlyList<(string Name, ColumnKind Kind)> columns) =>
        (Table, Columns, Names) = (table, columns, string.Join(", ", columns.Select(c => c.Name)));

    /// <summary>Where to.</summary>
    public string Table { get; }

    /// <summary>What a row of the values holds, in this order.</summary>
    public IReadOnlyList<(string Name, ColumnKind Kind)> Columns { get; }

    /// <summary>The columns' names, with commas.</summary>
    public string Names { get; }

    /// <summary>What a row that is there is given.</summary>
    public IReadOnlyList<string> Updated { get; private init; } = [];

    /// <summary>Of rows that are there: no row is added.</summary>
    public bool IsUpdateOnly { get; private init; }

    /// <summary>Adds rows; one of the same key is an error.</summary>
    public static RowWrite Insert(string table, IReadOnlyList<(string Name, ColumnKind Kind)> columns) => new(table, columns);

    /// <summary>Adds rows, and updates those that are there.</summary>
    public static RowWrite Upsert(string table, IReadOnlyList<(string Name, ColumnKind Kind)> columns, params IReadOnlyList<string> updated) =>
        new(table, columns) { Updated = updated };

    /// <summary>Updates rows that are there. The first column is their key.</summary>
    public static RowWrite Update(string table, IReadOnlyList<(string Name, ColumnKind Kind)> columns) =>
        new(table, columns) { Updated = [.. columns.Skip(1).Select(c => c.Name)], IsUpdateOnly = true };
}
