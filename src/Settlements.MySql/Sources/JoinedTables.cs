using System.Globalization;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Checks that each row of a source has at most one row of each joined table: a second one would count the row twice.</summary>
internal static class JoinedTables
{
    /// <summary>
    /// Throws when two rows of a joined table have the same values in the joined columns. With a unique index, no rows are read.
    /// </summary>
    public static async Task RequireUniqueAsync(MySqlConnection connection, UsageTable source, CancellationToken cancellationToken)
    {
        var joined = source.Joins.Select(j => (j.Table, Columns: (IReadOnlyList<string>)[.. j.Columns.Select(c => c.To)])).ToList();
        if (source.PayeeHistory is { } history)
            joined.Add((history.Table, [history.ItemColumn, history.FromColumn]));
        foreach (var (table, columns) in joined)
        {
            if (!await HasUniqueIndexAsync(connection, source, table, columns, cancellationToken).ConfigureAwait(false))
                await RequireUniqueAsync(connection, source, table, columns, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> HasUniqueIndexAsync(
        MySqlConnection connection, UsageTable source, string table, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
        command.CommandText = """
            SELECT index_name, column_name, sub_part FROM information_schema.statistics
            WHERE table_schema = coalesce(@schema, database()) AND table_name = @table AND non_unique = 0
            """;
        var parts = table.Split('.', 2);
        command.Parameters.AddWithValue("schema", parts.Length == 2 ? parts[0] : null);
        command.Parameters.AddWithValue("table", parts[^1]);
        var indexes = new List<(string Index, string? Column)>();
        return await SourceErrors.ReadAsync(source, async () =>
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                indexes.Add((reader.GetString(0), reader.IsDBNull(1) || !reader.IsDBNull(2) ? null : reader.GetString(1)));
            return indexes.GroupBy(i => i.Index)
                .Any(i => i.All(c => c.Column is { } name && columns.Contains(name, StringComparer.OrdinalIgnoreCase)));
        }).ConfigureAwait(false);
    }

    private static async Task RequireUniqueAsync(
        MySqlConnection connection, UsageTable source, string table, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        var isNotNull = string.Join(" AND ", columns.Select(c => $"{Sql.Name(c)} IS NOT NULL"));
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // names are quoted
        command.CommandText = $"SELECT {string.Join(", ", columns.Select(c => $"min({Sql.Name(c)})"))} FROM {Sql.Table(table)} "
            + $"WHERE {isNotNull} GROUP BY {string.Join(", ", columns.Select(c => $"CAST({Sql.Name(c)} AS BINARY)"))} "
            + "HAVING count(*) > 1 LIMIT 1";
#pragma warning restore CA2100
        var values = await SourceErrors.ReadAsync(source, async () =>
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                ? string.Join(", ", columns.Select((c, i) => $"{c} = {MessageText.Escape(
                    string.Create(CultureInfo.InvariantCulture, $"{reader.GetValue(i)}"))}"))
                : null;
        }).ConfigureAwait(false);
        if (values is not null)
        {
            throw new UsageSourceException(
                $"Source '{source.Name}': several rows of table {table} have {values}, so that a row of {source.Table} would count several "
                + $"times or for any of them. Correct the rows, and create a unique index on {table} ({string.Join(", ", columns)}).");
        }
    }
}
