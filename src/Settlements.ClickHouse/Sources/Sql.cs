using System.Globalization;
using System.Text;

namespace Settlements.ClickHouse;

/// <summary>Quotes names and values of statements, in the syntax that all versions have.</summary>
internal static class Sql
{
    public static string Name(string name) => $"`{Escape(name).Replace("`", "\\`", StringComparison.Ordinal)}`";

    public static string Text(string text) => $"'{Escape(text).Replace("'", "\\'", StringComparison.Ordinal)}'";

    /// <summary>Returns bytes as a text of ClickHouse, which may have any bytes.</summary>
    public static string Bytes(ReadOnlySpan<byte> bytes) => $"unhex('{Convert.ToHexString(bytes)}')";

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the name of a table and, unless it is the current one, of its database.</summary>
    public static string Table(string? database, string table) => database is null ? Name(table) : $"{Name(database)}.{Name(table)}";

    /// <summary>Returns an expression as a text; null is an empty one.</summary>
    public static string AsText(SourceColumn column) =>
        column.IsNullable ? $"ifNull(toString({column.Sql}), '')" : $"toString({column.Sql})";

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text);
        return escaped.Replace("\\", "\\\\").Replace("\0", "\\0").Replace("\n", "\\n").Replace("\r", "\\r").ToString();
    }
}
