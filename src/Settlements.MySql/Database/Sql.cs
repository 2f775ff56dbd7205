using System.Globalization;
using System.Text;

namespace Settlements.MySql;

/// <summary>Formats names and values in the server's SQL dialect.</summary>
internal static class Sql
{
    /// <summary>Quotes the name of a database, table or column.</summary>
    public static string Name(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>Quotes a table's name, which may be qualified: <c>database.table</c>.</summary>
    public static string Table(string name) => string.Join('.', name.Split('.').Select(Name));

    public static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(Name));

    /// <summary>Returns a condition of the application as an additional condition, or an empty text.</summary>
    public static string And(string? condition) => condition is null ? "" : $" AND ({condition})";

    /// <summary>Returns a text's UTF-8 bytes as a literal that is independent of the connection's character set.</summary>
    public static string Literal(string text) => text.Length == 0 ? "''" : $"X'{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}'";

    public static string Literal(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Literal(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"'{day:yyyy-MM-dd}'");

    public static string Literal(DateTimeOffset instant) =>
        string.Create(CultureInfo.InvariantCulture, $"'{instant.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}'");

    /// <summary>Converts a business day into a parameter's value.</summary>
    public static DateTime Day(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    public static DateOnly Day(DateTime day) => DateOnly.FromDateTime(day);

    /// <summary>Converts an instant into a parameter's value: UTC, truncated to microseconds.</summary>
    public static DateTime Instant(DateTimeOffset instant) => UnixMicroseconds.ToInstant(UnixMicroseconds.From(instant)).UtcDateTime;

    public static DateTimeOffset Instant(DateTime instant) => new(DateTime.SpecifyKind(instant, DateTimeKind.Utc));
}
