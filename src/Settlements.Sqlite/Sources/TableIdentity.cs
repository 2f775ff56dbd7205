namespace Settlements.Sqlite;

/// <summary>
/// Identifies a table as SQLite looks its name up: temporary tables first, then the file's, whatever the case of ASCII letters.
/// </summary>
internal static class TableIdentity
{
    /// <returns>Schema and name, for example <c>main.video_play</c>.</returns>
    /// <exception cref="UsageSourceException">There is no such table.</exception>
    public static string Find(SqliteDatabase database, string source, string name)
    {
        using var connection = database.OpenReader();
        using var table = new SqliteStatement(connection, """
            SELECT schema, name FROM pragma_table_list WHERE name = ? COLLATE NOCASE
            ORDER BY CASE schema WHEN 'temp' THEN 0 WHEN 'main' THEN 1 ELSE 2 END LIMIT 1
            """);
        table.Bind(1, name);
        return table.Step()
            ? $"{table.Text(0)}.{table.Text(1)}"
            : throw new UsageSourceException(
                $"Source '{source}' can't be read from table {name}: no such table in '{database.FileName}'. Check the name that the "
                + "source gives for its table, or create the table.");
    }
}
