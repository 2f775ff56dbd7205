namespace Settlements.MySql;

/// <summary>Where rows go: a table and the columns in the order of the rows' fields.</summary>
/// <param name="Name">The table, as <see cref="Sql.Table"/> takes it.</param>
/// <param name="Columns">The columns.</param>
internal sealed record BulkTable(string Name, IReadOnlyList<BulkColumn> Columns)
{
    /// <summary>The database, where it is not the connection's own; null for that.</summary>
    public string? Database { get; init; }

    /// <summary>The table as a statement names it.</summary>
    public string Text => Database is null ? Sql.Table(Name) : $"{Sql.Name(Database)}.{Sql.Table(Name)}";

    /// <summary>The same with some columns as constants; the rows have no fields for them.</summary>
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
/// <param name="Name">Its name.</param>
/// <param name="IsBinary">Whether its fields are bytes and not text; matters only where rows go by INSERT.</param>
/// <param name="Expression">What is stored, with <c>{0}</c> for the field; null for the field itself.</param>
/// <param name="Constant">A literal that all rows have, which then have no field for the column: what isn't sent isn't parsed.</param>
internal sealed record BulkColumn(string Name, bool IsBinary = false, string? Expression = null, string? Constant = null);

/// <summary>What happens to a row whose key is there already.</summary>
internal enum OnDuplicate
{
    /// <summary>The row is not stored and counted as not affected.</summary>
    Skip,

    /// <summary>The row takes the place of the one that is there.</summary>
    Replace,
}

/// <summary>What became of the rows of a bulk insert.</summary>
/// <param name="Affected">Rows stored; for each row replaced one more may be counted.</param>
/// <param name="Warnings">The server's warnings: with <see cref="OnDuplicate.Skip"/> one for each row that is not stored, and any other.</param>
internal readonly record struct BulkResult(long Affected, long Warnings);
