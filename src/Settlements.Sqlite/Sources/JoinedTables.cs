using Microsoft.Data.Sqlite;
using Settlements.Stores;

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
            var texts = string.Join(", ", columns.Select(c => $"CAST({Sql.Name(c)} AS TEXT) COLLATE BINARY"));
            var isNotNull = string.Join(" AND ", columns.Select(c => $"{Sql.Name(c)} IS NOT NULL"));
            using var twice = EventRows.Prepare(
                connection, source, $"SELECT {texts} FROM {Sql.Table(table)} WHERE {isNotNull} "
                + $"GROUP BY {texts} HAVING count(*) > 1 LIMIT 1");
            if (!twice.Step())
                continue;
            var values = string.Join(", ", columns.Select((c, i) => $"{c} = {MessageText.Escape(twice.Text(i))}"));
            throw new UsageSourceException(
                $"Source '{source.Name}': several rows of table {table} have {values}, so that a row of {source.Table} would count several "
                + $"times or for any of them. Correct the rows, and create a unique index on {table} ({string.Join(", ", columns)}).");
        }
    }

    /// <summary>
    /// Returns whether an index makes rows unique. Not by an expression, and not by a column without a type, which can have 1 and '1'.
    /// </summary>
    private static bool HasUniqueIndex(SqliteConnection connection, string table, IReadOnlyList<string> columns)
    {
        using var index = new SqliteStatement(connection, """
            SELECT group_concat(k.name, char(10)) FROM pragma_index_list(?1) i, pragma_index_info(i.name) k
            LEFT JOIN pragma_table_info(?1) c ON c.name = k.name
            WHERE i."unique" = 1 AND i.partial = 0 GROUP BY i.name
            HAVING count(*) = sum(c.type LIKE '%INT%' OR c.type LIKE '%CHAR%' OR c.type LIKE '%TEXT%')
            UNION ALL SELECT group_concat(name, char(10)) FROM pragma_table_info(?1) WHERE pk > 0
            HAVING count(*) = sum(type LIKE '%INT%' OR type LIKE '%CHAR%' OR type LIKE '%TEXT%')
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
