using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>The definition of an application's table, from the server's catalogue, validated against the source's definition.</summary>
internal sealed class SourceTable
{
    private readonly Dictionary<string, SourceColumn> _columns;

    private SourceTable(UsageTable source, Dictionary<string, SourceColumn> columns, string index, string? instantIndex)
    {
        Source = source;
        _columns = columns;
        Index = index;
        InstantIndex = instantIndex;
    }

    public UsageTable Source { get; }

    /// <summary>The index that starts with the key, by which chunks are read.</summary>
    public string Index { get; }

    /// <summary>The index that starts with the instant; null for none.</summary>
    public string? InstantIndex { get; }

    public SourceColumn Column(string name) => _columns[name];

    public static async Task<SourceTable> FindAsync(MySqlConnection connection, UsageTable source, CancellationToken cancellationToken)
    {
        var parts = source.Table.Split('.', 2);
        var parameters = new { schema = parts.Length == 2 ? parts[0] : null, table = parts[^1] };
        var described = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            SELECT column_name AS Name, data_type AS DataType, column_type AS Type, is_nullable AS Nullable, character_set_name AS Charset
            FROM information_schema.columns WHERE table_schema = coalesce(@schema, database()) AND table_name = @table;
            SELECT table_type, engine FROM information_schema.tables
            WHERE table_schema = coalesce(@schema, database()) AND table_name = @table
                ORDER BY binary table_name = binary @table DESC LIMIT 1
            """,
            parameters, cancellationToken: cancellationToken)).ConfigureAwait(false);
        Dictionary<string, SourceColumn> columns;
        (string Type, string? Engine) table;
        await using (described.ConfigureAwait(false))
        {
            columns = (await described.ReadAsync<SourceColumn>().ConfigureAwait(false)).ToDictionary(
                c => c.Name, StringComparer.OrdinalIgnoreCase);
            table = await described.ReadFirstOrDefaultAsync<(string, string?)>().ConfigureAwait(false);
        }

        if (columns.Count == 0)
            throw TableIdentity.NoTable(source.Name, source.Table);
        if (table.Type?.EndsWith("VIEW", StringComparison.OrdinalIgnoreCase) == true)
        {
            throw new UsageSourceException(
                $"Source '{source.Name}' can't be read from {source.Table}: it is a view, and on MySQL and MariaDB a view is not supported "
                + "as a source. Use the view's underlying table, Table(…), with the view's condition as Where(…); or copy the view's rows "
                + "into a table with a primary key, and use that table.");
        }

        var errors = SourceValidation.Validate(source, columns).ToList();
        var indexes = await ListIndexesAsync(connection, source, table.Engine, cancellationToken).ConfigureAwait(false);
        var index = indexes.FirstOrDefault(i => i.IsUsed && i.StartsWith(source.KeyColumns));
        if (index is null && errors.Count == 0)
            errors.Add(NoIndex(source, parts[^1], indexes.FirstOrDefault(i => i.StartsWith(source.KeyColumns))));
        return errors.Count == 0
            ? new SourceTable(
                source, columns, index!.Name, indexes.FirstOrDefault(i => i.IsUsed && i.StartsWith([source.OccurredAtColumn]))?.Name)
            : throw new UsageSourceException(
                $"Source '{source.Name}' can't be read from table {source.Table}: {string.Join("; ", errors)}.");
    }

    private static string NoIndex(UsageTable source, string table, SourceIndex? unused)
    {
        var key = string.Join(", ", source.KeyColumns);
        return unused is null
            ? $"no index starts with the key ({key}), so every chunk would read the whole table: CREATE INDEX "
                + $"{table}_by_key ON {source.Table} ({key})"
            : $"index {unused.Name} starts with the key ({key}), but is IGNORED or INVISIBLE, so every chunk would read the whole table: "
                + $"on MariaDB ALTER TABLE {source.Table} ALTER INDEX {unused.Name} NOT IGNORED, on MySQL ALTER TABLE "
                + $"{source.Table} ALTER INDEX {unused.Name} VISIBLE";
    }

    private static async Task<IReadOnlyList<SourceIndex>> ListIndexesAsync(
        MySqlConnection connection, UsageTable source, string? engine, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // the name is quoted
        command.CommandText = $"SHOW INDEX FROM {Sql.Table(source.Table)}";
#pragma warning restore CA2100
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await SourceIndex.ReadAsync(reader, engine, cancellationToken).ConfigureAwait(false);
    }
}
