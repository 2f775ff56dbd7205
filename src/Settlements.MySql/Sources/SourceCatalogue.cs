using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The columns of the tables that a source reads, from the server's catalogue. Names are compared in any case.</summary>
internal sealed class SourceCatalogue
{
    private readonly UsageTable _source;
    private readonly Dictionary<string, Dictionary<string, SourceColumn>> _columns = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, SourceColumn> _history = [];

    private SourceCatalogue(UsageTable source) => _source = source;

    /// <summary>The table's engine, for example InnoDB; null for a view.</summary>
    public string? Engine { get; private set; }

    public bool IsView { get; private set; }

    /// <exception cref="UsageSourceException">A table doesn't exist, or is not visible.</exception>
    public static async Task<SourceCatalogue> ReadAsync(MySqlConnection connection, UsageTable source, CancellationToken cancellationToken)
    {
        var catalogue = new SourceCatalogue(source);
        foreach (var table in source.Joins.Select(j => j.Table).Prepend(source.Table))
        {
            var (columns, type, engine) = await ReadAsync(connection, source, table, cancellationToken).ConfigureAwait(false);
            catalogue._columns.Add(UsageJoin.NameOf(table), columns);
            if (table != source.Table)
                continue;
            catalogue.IsView = type.EndsWith("VIEW", StringComparison.OrdinalIgnoreCase);
            catalogue.Engine = engine;
        }

        if (source.PayeeHistory is { } history)
            (catalogue._history, _, _) = await ReadAsync(connection, source, history.Table, cancellationToken).ConfigureAwait(false);
        return catalogue;
    }

    /// <summary>Finds a column of the table or, as <c>table.column</c>, of a joined table; null when there is none.</summary>
    public SourceColumn? Find(string name)
    {
        var (qualifier, column) = _source.Resolve(name);
        var own = UsageJoin.NameOf(_source.Table);
        List<string> tables = qualifier is not null ? [qualifier] : _columns[own].ContainsKey(column) ? [own]
            : [.. _columns.Keys.Where(t => _columns[t].ContainsKey(column))];
        if (tables is not [var table] || !_columns[table].TryGetValue(column, out var found))
            return null;

        // A row without a match has null in the columns of a joined table.
        var isJoined = !table.Equals(own, StringComparison.OrdinalIgnoreCase);
        var isSingle = _columns.Count == 1 && _history.Count == 0;
        return found.As(isSingle ? Sql.Name(found.Name) : $"{Sql.Name(table)}.{Sql.Name(found.Name)}", isJoined);
    }

    /// <summary>Finds a column of the table of payees; null when there is none.</summary>
    public SourceColumn? FindOfHistory(string name) => _history.GetValueOrDefault(name);

    /// <summary>Finds a column of a joined table; null when there is none.</summary>
    public SourceColumn? FindOfJoin(string table, string name) => _columns[table].GetValueOrDefault(name);

    private static async Task<(Dictionary<string, SourceColumn> Columns, string Type, string? Engine)> ReadAsync(
        MySqlConnection connection, UsageTable source, string table, CancellationToken cancellationToken)
    {
        var parts = table.Split('.', 2);
        var parameters = new { schema = parts.Length == 2 ? parts[0] : null, table = parts[^1] };
        var described = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            SELECT column_name AS Name, data_type AS DataType, column_type AS Type, is_nullable AS Nullable, character_set_name AS Charset,
                collation_name AS Collation
            FROM information_schema.columns WHERE table_schema = coalesce(@schema, database()) AND table_name = @table;
            SELECT table_type, engine FROM information_schema.tables
            WHERE table_schema = coalesce(@schema, database()) AND table_name = @table
                ORDER BY binary table_name = binary @table DESC LIMIT 1
            """,
            parameters, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var _ = described.ConfigureAwait(false);
        var columns = (await described.ReadAsync<SourceColumn>().ConfigureAwait(false)).ToDictionary(
            c => c.Name, StringComparer.OrdinalIgnoreCase);
        var (type, engine) = await described.ReadFirstOrDefaultAsync<(string?, string?)>().ConfigureAwait(false);
        return columns.Count > 0 ? (columns, type ?? "", engine) : throw TableIdentity.NoTable(source.Name, table);
    }
}
