using System.Globalization;
using System.Text;

namespace Settlements.MySql;

/// <summary>Names and values as the server's dialect has them.</summary>
internal static class Sql
{
    /// <summary>A table's or column's name, quoted; a dot in a table's name parts its database from it.</summary>
    public static string Name(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>A table that may be named with its database: <c>database.table</c>.</summary>
    public static string Table(string name) => string.Join('.', name.Split('.').Select(Name));

    public static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(Name));

    /// <summary>A condition of the host's program, or none.</summary>
    public static string And(string? condition) => condition is null ? "" : $" AND ({condition})";

    /// <summary>A text's UTF-8 as a literal, whatever the session's character set.</summary>
    public static string Literal(string text) => text.Length == 0 ? "''" : $"X'{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}'";

    public static string Literal(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Literal(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"'{day:yyyy-MM-dd}'");

    /// <summary>A business day as a parameter.</summary>
    public static DateTime Day(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    public static DateOnly Day(DateTime day) => DateOnly.FromDateTime(day);

    /// <summary>An instant as a parameter: UTC, cut to the microsecond.</summary>
    public static DateTime Instant(DateTimeOffset instant) => UnixMicroseconds.ToInstant(UnixMicroseconds.From(instant)).UtcDateTime;

    public static DateTimeOffset Instant(DateTime instant) => new(DateTime.SpecifyKind(instant, DateTimeKind.Utc));
}
