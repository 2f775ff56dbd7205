namespace Settlements.MySql;

/// <summary>The mapping of a row's values to the columns of a table.</summary>
/// <typeparam name="T">The row.</typeparam>
/// <param name="table">The table, as <c>table</c> or <c>database.table</c>, without quotes.</param>
public sealed class TableMap<T>(string table)
{
    private readonly List<(string Name, WriteField Write)> _columns = [];

    internal delegate string? WriteField(RowBuffer fields, T row, TableColumn column);

    /// <summary>The table.</summary>
    public string Table { get; } = table;

    internal IReadOnlyList<string> Names => [.. _columns.Select(c => c.Name)];

    internal WriteField[] Fields { get; private set; } = [];

    /// <summary>
    /// Adds a column. Values are numbers, <see cref="bool"/> (0 or 1), <see cref="string"/>, <see cref="Guid"/> (as bytes in
    /// <c>BINARY(16)</c>, otherwise as text), <see cref="DateTimeOffset"/> and <see cref="DateTime"/> (stored in UTC, unspecified ones
    /// unchanged; truncated to the column's decimals, never rounded), <see cref="DateOnly"/>, <see cref="TimeOnly"/>,
    /// <see cref="TimeSpan"/>, bytes, an enum (its number), or null.
    /// </summary>
    /// <typeparam name="TValue">The value.</typeparam>
    /// <param name="name">The column.</param>
    /// <param name="value">Returns the value of a row; called on the thread pool.</param>
    /// <returns>This map.</returns>
    public TableMap<T> Column<TValue>(string name, Func<T, TValue> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        _columns.Add((name, (fields, row, column) => FieldEncoder.Write(fields, value(row), column)));
        Fields = [.. _columns.Select(c => c.Write)];
        return this;
    }
}
