namespace Settlement.SampleHost.Database;

internal enum ColumnKind
{
    /// <summary>32 hex digits.</summary>
    Id,

    /// <summary>At most 200 characters.</summary>
    Text,

    Integer,
}

/// <summary>Describes a statement that writes many rows.</summary>
internal sealed record RowWrite
{
    private RowWrite(string table, IReadOnlyList<(string Name, ColumnKind Kind)> columns) =>
        (Table, Columns, Names) = (table, columns, string.Join(", ", columns.Select(c => c.Name)));

    /// <summary>The name of the table.</summary>
    public string Table { get; }

    /// <summary>The columns, in the order of the values of a row.</summary>
    public IReadOnlyList<(string Name, ColumnKind Kind)> Columns { get; }

    /// <summary>The names of the columns, separated by commas.</summary>
    public string Names { get; }

    /// <summary>The columns that are updated in an existing row.</summary>
    public IReadOnlyList<string> Updated { get; private init; } = [];

    /// <summary>Inserts rows; an existing key is an error.</summary>
    public static RowWrite Insert(string table, IReadOnlyList<(string Name, ColumnKind Kind)> columns) => new(table, columns);

    /// <summary>Inserts rows and updates existing ones.</summary>
    public static RowWrite Upsert(
        string table, IReadOnlyList<(string Name, ColumnKind Kind)> columns, params IReadOnlyList<string> updated) =>
        new(table, columns) { Updated = updated };
}

/// <summary>Rows to write.</summary>
/// <param name="Write">The statement.</param>
/// <param name="Rows">The values of each row.</param>
internal sealed record RowBatch(RowWrite Write, IReadOnlyCollection<object?[]> Rows);
