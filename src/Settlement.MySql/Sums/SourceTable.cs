using Dapper;
using MySqlConnector;
using Settlement.BillableEvents;

namespace Settlement.MySql.Sums;

/// <summary>A host's own table as the server describes it, checked against what the source says of it.</summary>
internal sealed class SourceTable
{
    private readonly Dictionary<string, SourceColumn> _columns;

    private SourceTable(EventSource source, Dictionary<string, SourceColumn> columns, string index)
    {
        Source = source;
        _columns = columns;
        Index = index;
    }

    public EventSource Source { get; }

    /// <summary>An index that starts with the key: chunks are read by it.</summary>
    public string Index { get; }

    public SourceColumn Column(string name) => _columns[name];

    public static async Task<SourceTable> FindAsync(MySqlConnection connection, EventSource source, CancellationToken cancellationToken)
    {
        var parts = source.Table.Split('.', 2);
        var place = new { schema = parts.Length == 2 ? parts[0] : null, table = parts[^1] };
        var columns = (await connection.QueryAsync<SourceColumn>(new CommandDefinition(
            """
            SELECT column_name AS Name, data_type AS DataType, column_type AS Type, is_nullable AS Nullable, character_set_name AS Charset
            FROM information_schema.columns WHERE table_schema = coalesce(@schema, database()) AND table_name = @table
            """,
            place, cancellationToken: cancellationToken)).ConfigureAwait(false)).ToDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);
        if (columns.Count == 0)
            throw NoTable(source);

        var faults = SourceFaults.Of(source, columns).ToList();
        var index = await FindIndexAsync(connection, source, place).ConfigureAwait(false);
        if (index is null && faults.Count == 0)
        {
            faults.Add(
                $"no index starts with the key ({string.Join(", ", source.KeyColumns)}), so every chunk would read the whole table: "
                + $"CREATE INDEX {parts[^1]}_by_key ON {source.Table} ({string.Join(", ", source.KeyColumns)})");
        }

        return faults.Count == 0
            ? new SourceTable(source, columns, index!)
            : throw new EventSourceException($"Source '{source.Name}' can't be read from table {source.Table}: {string.Join("; ", faults)}.");
    }

    /// <summary>Database and table as the server's catalogue has them: two spellings of one table give one text.</summary>
    public static async Task<string> IdentifyAsync(MySqlConnection connection, EventSource source, CancellationToken cancellationToken)
    {
        var parts = source.Table.Split('.', 2);
        return await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            """
            SELECT concat(table_schema, '.', table_name) FROM information_schema.tables
            WHERE table_schema = coalesce(@schema, database()) AND table_name = @table ORDER BY binary table_name = binary @table DESC LIMIT 1
            """,
            new { schema = parts.Length == 2 ? parts[0] : null, table = parts[^1] }, cancellationToken: cancellationToken)).ConfigureAwait(false)
            ?? throw NoTable(source);
    }

    private static EventSourceException NoTable(EventSource source) => new(
        $"Source '{source.Name}' can't be read: there is no table {source.Table}, or this user may not see it. Check the name, and GRANT SELECT ON it.");

    private static async Task<string?> FindIndexAsync(MySqlConnection connection, EventSource source, object place)
    {
        var indexes = await connection.QueryAsync<(string Index, string Column)>(
            """
            SELECT index_name, column_name FROM information_schema.statistics
            WHERE table_schema = coalesce(@schema, database()) AND table_name = @table AND column_name IS NOT NULL ORDER BY index_name, seq_in_index
            """,
            place).ConfigureAwait(false);
        return indexes.GroupBy(i => i.Index, i => i.Column)
            .Where(i => i.Take(source.KeyColumns.Count).SequenceEqual(source.KeyColumns, StringComparer.OrdinalIgnoreCase))
            .OrderBy(i => i.Key != "PRIMARY").Select(i => i.Key).FirstOrDefault();
    }
}
