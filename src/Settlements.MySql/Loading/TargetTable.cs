using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>The target table of a load, with the columns of the rows.</summary>
internal sealed class TargetTable
{
    private TargetTable(string name, IReadOnlyList<TableColumn> columns)
    {
        Name = name;
        Columns = columns;
    }

    public string Name { get; }

    /// <summary>The columns in the order of the rows' fields.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    public BulkTable Rows(string table) => new(table, [.. Columns.Select(c => new BulkColumn(c.Name, c.IsBinary, c.Expression))]);

    /// <summary>Looks up the columns; all validation errors are reported at once, before a row is read.</summary>
    /// <exception cref="ArgumentException">A column is unknown, listed twice, generated, or missing without a default.</exception>
    public static async Task<TargetTable> FindAsync(
        MySqlConnection connection, string table, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var parts = table.Split('.', 2);
        var columns = (await connection.QueryAsync<TableColumn>(new CommandDefinition(
            """
            SELECT column_name AS Name, data_type AS DataType, column_type AS ColumnType, is_nullable AS Nullable,
                column_default AS DefaultValue,
                   extra AS Extra, character_set_name AS Charset, datetime_precision AS `Precision`, numeric_scale AS Scale,
                       character_maximum_length AS Length
            FROM information_schema.columns WHERE table_schema = coalesce(@schema, database()) AND table_name = @name
                ORDER BY ordinal_position
            """,
            new { schema = parts.Length == 2 ? parts[0] : null, name = parts[^1] }, cancellationToken: cancellationToken))
                .ConfigureAwait(false)).ToList();
        if (columns.Count == 0)
            throw new ArgumentException(
                $"Table {table} doesn't exist, or the user may not see it. Check the name, and GRANT INSERT, SELECT ON it.");

        var errors = Validate(columns, names).ToList();
        var engine = await connection.ExecuteScalarAsync<string?>(
            "SELECT engine FROM information_schema.tables WHERE table_schema = coalesce(@schema, database()) AND table_name = @name",
            new { schema = parts.Length == 2 ? parts[0] : null, name = parts[^1] }).ConfigureAwait(false);
        if (engine is "MyISAM" or "Aria" or "MEMORY" or "CSV" or "ARCHIVE" or "BLACKHOLE" or null)
            errors.Add($"it is {(engine is null ? "a view" : $"of the engine {engine}")}, which can't roll back a failed chunk; ALTER "
                + $"TABLE {table} ENGINE = InnoDB");
        return errors.Count == 0
            ? new TargetTable(table, [.. names.Select(name => columns.First(c => Same(c.Name, name)))])
            : throw new ArgumentException($"Table {table} can't be loaded: {string.Join("; ", errors)}.");
    }

    private static IEnumerable<string> Validate(List<TableColumn> columns, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            yield return "the rows have no columns; use at least one";
        foreach (var name in names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase))
        {
            var column = columns.Find(c => Same(c.Name, name.Key));
            if (column is null)
                yield return $"it has no column '{name.Key}'; its columns are {string.Join(", ", columns.Select(c => c.Name))}";
            else if (column.IsGenerated)
                yield return $"column {column.Name} is generated; omit it";
            if (name.Count() > 1)
                yield return FormattableString.Invariant($"column '{name.Key}' is listed {name.Count()} times; list it once");
        }

        foreach (var missing in columns.Where(c => !c.HasDefault && !names.Any(n => Same(n, c.Name))))
            yield return $"column {missing.Name} is NOT NULL, has no default and is missing; add it";
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
