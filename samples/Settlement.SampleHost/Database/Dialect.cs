namespace Settlement.SampleHost.Database;

internal enum ColumnKind
{
    /// <summary>32 hex digits.</summary>
    Id,

    /// <summary>At most 200 characters.</summary>
    Text,

    Whole,
}

/// <summary>
/// What the engines spell differently when a statement is about many rows. These come as one parameter, a JSON array of arrays: the statement's
/// text is the same for any number of rows, and it is one round trip.
/// </summary>
internal abstract class Dialect
{
    public static readonly Dialect Sqlite = new SqliteDialect();
    public static readonly Dialect MySql = new MySqlDialect();

    /// <summary>The table of the parameter <c>@rows</c>, to stand behind FROM or JOIN.</summary>
    public abstract string Rows(params IEnumerable<(string Name, ColumnKind Kind)> columns);

    /// <summary>
    /// The end of an INSERT … SELECT … WHERE TRUE: where a row of its key is there, that is locked, and given the new values of these columns;
    /// of none, it stays as it is.
    /// </summary>
    public abstract string OrUpdate(string table, string key, params IEnumerable<string> columns);

    private sealed class SqliteDialect : Dialect
    {
        public override string Rows(params IEnumerable<(string Name, ColumnKind Kind)> columns) =>
            $"(SELECT {string.Join(", ", columns.Select((c, i) => $"value ->> {i} AS {c.Name}"))} FROM json_each(@rows))";

        public override string OrUpdate(string table, string key, params IEnumerable<string> columns) =>
            string.Join(", ", columns.Select(c => $"{c} = excluded.{c}")) is { Length: > 0 } values
                ? $"ON CONFLICT DO UPDATE SET {values}"
                : "ON CONFLICT DO NOTHING";
    }

    private sealed class MySqlDialect : Dialect
    {
        public override string Rows(params IEnumerable<(string Name, ColumnKind Kind)> columns) =>
            $"JSON_TABLE(@rows, '$[*]' COLUMNS ({string.Join(", ", columns.Select((c, i) => $"{c.Name} {Type(c.Kind)} PATH '$[{i}]'"))}))";

        public override string OrUpdate(string table, string key, params IEnumerable<string> columns) =>
            string.Join(", ", columns.Select(c => $"{c} = VALUES({c})")) is { Length: > 0 } values
                ? $"ON DUPLICATE KEY UPDATE {values}"
                : $"ON DUPLICATE KEY UPDATE {key} = {table}.{key}";

        // With the collations of the tables: a comparison of others would not use their keys.
        private static string Type(ColumnKind kind) => kind switch
        {
            ColumnKind.Id => "CHAR(32) CHARACTER SET ascii COLLATE ascii_bin",
            ColumnKind.Text => "VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            _ => "BIGINT",
        };
    }
}
