namespace Settlements.Sqlite;

/// <summary>The parts of statements that can't be parameters.</summary>
internal static class Sql
{
    /// <summary>A table's or column's name, quoted.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(Name));

    /// <summary>A condition of the host's program, or none.</summary>
    public static string Where(string? condition) => condition is null ? "" : $" WHERE ({condition})";

    public static string And(string? condition) => condition is null ? "" : $" AND ({condition})";
}
