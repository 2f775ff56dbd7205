using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>
/// Identifies a table by SQLite's rules of name resolution: temporary tables first, then those of the file; ASCII letters in any case.
/// </summary>
internal static class TableIdentity
{
    /// <summary>Finds a table.</summary>
    /// <returns>Schema and name, for example <c>main.video_play</c>.</returns>
    /// <exception cref="UsageSourceException">There is no such table.</exception>
    public static string Find(SqliteDatabase database, string source, string name)
    {
        using var connection = database.OpenReader();
        using var table = new SqliteStatement(connection, """
            SELECT schema, name FROM pragma_table_list WHERE name = ?1 COLLATE NOCASE AND schema = coalesce(?2, schema) COLLATE NOCASE
            ORDER BY CASE schema WHEN 'temp' THEN 0 WHEN 'main' THEN 1 ELSE 2 END LIMIT 1
            """);
        table.Bind(1, UsageJoin.NameOf(name));
        if (name.Split('.', 2) is [var schema, _])
            table.Bind(2, schema);
        return table.Step()
            ? $"{table.Text(0)}.{table.Text(1)}"
            : throw new UsageSourceException(
                $"Source '{source}' can't be read from table {name}: no such table in '{database.FileName}'. Check the source's table "
                + "name, or create the table.");
    }
}
