using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>Checks that each row of a source has at most one row of each joined table: a second one would count the row twice.</summary>
internal static class JoinedTables
{
    /// <summary>Throws when two rows of a joined table have the same values in the joined columns.</summary>
    public static void RequireUnique(SqliteConnection connection, UsageTable source, SourceSql sql)
    {
        foreach (var (table, columns) in sql.UniqueColumns())
        {
            if (HasUniqueIndex(connection, table, columns))
                continue;
            var names = Sql.Names(columns);
            var isNotNull = string.Join(" AND ", columns.Select(c => $"{Sql.Name(c)} IS NOT NULL"));
            using var twice = EventRows.Prepare(
                connection, source, $"SELECT {names} FROM {Sql.Table(table)} WHERE {isNotNull} "
                + $"GROUP BY {names} HAVING count(*) > 1 LIMIT 1");
            if (!twice.Step())
                continue;
            var values = string.Join(", ", columns.Select((c, i) => $"{c} = {MessageText.Escape(twice.Text(i))}"));
            throw new UsageSourceException(
                $"Source '{source.Name}': several rows of table {table} have {values}, so that a row of {source.Table} would count several "
                + $"times or for any of them. Correct the rows, and create a unique index on {table} ({string.Join(", ", columns)}).");
        }
    }

    private static bool HasUniqueIndex(SqliteConnection connection, string table, IReadOnlyList<string> columns)
    {
        using var index = new SqliteStatement(connection, """
            SELECT group_concat(k.name, char(10)) FROM pragma_index_list(?1) i, pragma_index_info(i.name) k
            WHERE i."unique" = 1 AND i.partial = 0 GROUP BY i.name
            UNION ALL SELECT group_concat(name, char(10)) FROM pragma_table_info(?1) WHERE pk > 0
            """);
        index.Bind(1, UsageJoin.NameOf(table));
        while (index.Step())
        {
            if (!index.IsNull(0) && index.Text(0).Split('\n').All(c => columns.Contains(c, StringComparer.OrdinalIgnoreCase)))
                return true;
        }

        return false;
    }
}
