namespace Settlements.MySql;

/// <summary>The target of a bulk insert: a table and its columns in the order of the rows' fields.</summary>
/// <param name="Name">The table, in the format of <see cref="Sql.Table"/>.</param>
/// <param name="Columns">The columns.</param>
internal sealed record BulkTable(string Name, IReadOnlyList<BulkColumn> Columns)
{
    /// <summary>The database; null for the connection's database.</summary>
    public string? Database { get; init; }

    /// <summary>The assignments of <see cref="OnDuplicate.Update"/>, where <c>VALUES(column)</c> is the value of the new row.</summary>
    public string? Update { get; init; }

    /// <summary>The quoted name for statements.</summary>
    public string Text => Database is null ? Sql.Table(Name) : $"{Sql.Name(Database)}.{Sql.Table(Name)}";

    /// <summary>Returns this table with some columns as constants, for which the rows have no fields.</summary>
    public BulkTable With(params ReadOnlySpan<(string Column, string Literal)> constants)
    {
        var columns = Columns.ToArray();
        foreach (var (column, literal) in constants)
        {
            var at = Array.FindIndex(columns, c => c.Name == column);
            columns[at] = columns[at] with { Constant = literal };
        }

        return this with { Columns = columns };
    }

    public static BulkTable Of(string name, params string[] columns) =>
        new(name, [.. columns.Select(column => new BulkColumn(column, IsBinary: column == "event_id"))]);
}

/// <summary>A column of a bulk insert.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="IsBinary">Whether its fields are bytes and not text; relevant for INSERT statements only.</param>
/// <param name="Expression">The stored expression, with <c>{0}</c> for the field; null for the field itself.</param>
/// <param name="Constant">A literal for all rows, which then have no field for the column; saves sending and parsing it.</param>
internal sealed record BulkColumn(string Name, bool IsBinary = false, string? Expression = null, string? Constant = null);

/// <summary>The handling of a row whose key already exists.</summary>
internal enum OnDuplicate
{
    /// <summary>The row is skipped, and not counted as affected.</summary>
    Skip,

    /// <summary>The row replaces the existing one.</summary>
    Replace,

    /// <summary>The existing row is changed by <see cref="BulkTable.Update"/>. Only for INSERT statements.</summary>
    Update,
}

/// <summary>The result of a bulk insert.</summary>
/// <param name="Affected">The number of stored rows; a replaced row may count twice.</param>
/// <param name="Warnings">The number of the server's warnings; with <see cref="OnDuplicate.Skip"/> including one for each skipped
/// row.</param>
internal readonly record struct BulkResult(long Affected, long Warnings);
