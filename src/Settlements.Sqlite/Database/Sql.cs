namespace Settlements.Sqlite;

/// <summary>Builds the parts of SQL statements that can't be parameters: quoted names and the application's conditions.</summary>
internal static class Sql
{
    /// <summary>Quotes the name of a table or column.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Quotes the name of a table, which may be qualified: <c>schema.table</c>.</summary>
    public static string Table(string name) => string.Join('.', name.Split('.', 2).Select(Name));

    public static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(Name));

    /// <summary>Returns a condition of the application as a further term of a WHERE clause; empty when there is none.</summary>
    public static string And(string? condition) => condition is null ? "" : $" AND ({condition})";
}
