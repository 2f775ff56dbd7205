using System.Text;
using Settlements.Stores;

namespace Settlements.ClickHouse;

/// <summary>The tables of a source and their columns.</summary>
/// <param name="Source">The source.</param>
/// <param name="Tables">The tables: the source's, those of its joins, and that of the payees.</param>
/// <param name="Unmerged">The tables whose engine shows rows that are merged later, with the engine, by their names as configured.</param>
/// <param name="Columns">The columns of each table, by its name as configured.</param>
internal sealed record SourceCatalogue(
    UsageTable Source, IReadOnlyDictionary<string, TableEngine> Tables, IReadOnlyDictionary<string, string> Unmerged,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Columns)
{
    public TableEngine Table => Tables[Source.Table];

    public static IEnumerable<string> TablesOf(UsageTable source) =>
        source.Joins.Select(j => j.Table).Prepend(source.Table).Concat(source.PayeeHistory is { } history ? [history.Table] : []);

    /// <summary>Reads the catalogue.</summary>
    /// <exception cref="UsageSourceException">There is no such table.</exception>
    public static async Task<SourceCatalogue> ReadAsync(IStatements statements, UsageTable source, CancellationToken cancellationToken)
    {
        var names = TablesOf(source).Distinct(StringComparer.Ordinal).ToList();
        var tables = new Dictionary<string, TableEngine>(StringComparer.Ordinal);
        var unmerged = new Dictionary<string, string>(StringComparer.Ordinal);
        var columns = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var found = await TextRows.ReadAsync(
                statements,
                $"SELECT database, name, engine, engine_full FROM system.tables WHERE {Condition(name, "name")}", 4, cancellationToken)
                .ConfigureAwait(false);
            if (found is not [var row])
            {
                throw new UsageSourceException(
                    $"Source '{source.Name}' can't be read from table {name}: ClickHouse at {statements.Server} has no such table, or "
                    + "shows none to the user. Check the name and the Database, or grant SELECT.");
            }

            var table = new TableEngine(row[0], row[1], row[2], row[3]);
            tables.Add(name, table);
            if (await FindUnmergedAsync(statements, source, table, cancellationToken).ConfigureAwait(false) is { } engine)
                unmerged.Add(name, engine);
            columns.Add(name, (await TextRows.ReadAsync(
                statements, $"SELECT name, type FROM system.columns WHERE {Condition(name, "table")}", 2, cancellationToken)
                .ConfigureAwait(false)).ToDictionary(r => r[0], r => r[1], StringComparer.Ordinal));
        }

        return new SourceCatalogue(source, tables, unmerged, columns);
    }

    /// <summary>Splits the name of a table into its database, null for the current one, and the table.</summary>
    public static (string? Database, string Table) Split(string name) =>
        name.Split('.', 2) is [var database, var table] ? (database, table) : (null, name);

    /// <summary>Finds a column of the source's table or a joined one; null when there is none, or several joined tables have it.</summary>
    public (string Table, string Column, string Type)? Find(string column)
    {
        var (table, name) = Source.Resolve(column);
        if (table is not null)
            return FindIn(table, name);
        return FindIn(UsageJoin.NameOf(Source.Table), name)
            ?? (Source.Joins.Select(j => FindIn(j.Name, name)).OfType<(string, string, string)>().ToList() is [var single] ? single : null);
    }

    /// <summary>Finds a column of a table by its name without its database, in any case of letters for the table alone.</summary>
    public (string Table, string Column, string Type)? FindIn(string table, string column)
    {
        var configured = Source.Joins.Select(j => j.Table).Prepend(Source.Table)
            .First(t => UsageJoin.NameOf(t).Equals(table, StringComparison.OrdinalIgnoreCase));
        return Columns[configured].TryGetValue(column, out var type) ? (UsageJoin.NameOf(configured), column, type) : null;
    }

    /// <summary>Finds a column of the table of payees.</summary>
    public SourceColumn? FindOfHistory(string column) =>
        Source.PayeeHistory is { } history && Columns[history.Table].TryGetValue(column, out var type)
            ? new SourceColumn(UsageJoin.NameOf(history.Table), column, type, Sql.Name(column)) : null;

    private static async Task<string?> FindUnmergedAsync(
        IStatements statements, UsageTable source, TableEngine table, CancellationToken cancellationToken)
    {
        if (table.Distributed is not { } below)
            return TableEngine.ShowsUnmergedRows(table.Engine) ? table.Engine : null;
        var condition = $"database = {Sql.Text(below.Database)} AND name = {Sql.Text(below.Table)}";
        var sql = $"SELECT DISTINCT engine FROM cluster({Sql.Text(below.Cluster)}, 'system', 'tables') WHERE {condition}";
        IReadOnlyList<string[]> engines;
        try
        {
            engines = await TextRows.ReadAsync(statements, sql, 1, cancellationToken).ConfigureAwait(false);
        }
        catch (ClickHouseException e) when (!e.IsTransient)
        {
            // Reading from all shards needs a grant on new servers; usually the asked server is one of the shards.
            engines = await TextRows.ReadAsync(
                statements, $"SELECT engine FROM system.tables WHERE {condition}", 1, cancellationToken).ConfigureAwait(false);
            if (engines.Count == 0)
            {
                throw new UsageSourceException(
                    $"Source '{source.Name}': the engine of table {below.Database}.{below.Table}, which {table.Database}.{table.Name} "
                    + $"reads on cluster {below.Cluster}, can't be found out, so that rows may count twice. Grant REMOTE ON *.*. "
                    + e.Message);
            }
        }

        return engines.Select(e => e[0]).FirstOrDefault(TableEngine.ShowsUnmergedRows);
    }

    private static string Condition(string table, string column)
    {
        var (database, name) = Split(table);
        return $"database = {(database is null ? "currentDatabase()" : Sql.Text(database))} AND {column} = {Sql.Text(name)}";
    }
}

/// <summary>Reads the rows of a statement with columns of texts.</summary>
internal sealed class TextRows(int columns) : IRowReader
{
    private readonly List<string[]> _rows = [];

    public static async Task<IReadOnlyList<string[]>> ReadAsync(
        IStatements statements, string sql, int columns, CancellationToken cancellationToken)
    {
        var rows = new TextRows(columns);
        await statements.ReadAsync(sql, rows, cancellationToken).ConfigureAwait(false);
        return rows._rows;
    }

    public bool TryRead(ref RowCursor row)
    {
        var values = new string[columns];
        for (var i = 0; i < columns; i++)
            values[i] = Encoding.UTF8.GetString(row.Text());
        if (row.IsIncomplete)
            return false;
        _rows.Add(values);
        return true;
    }
}
