using System.Globalization;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Converts the instants of an application's table from and to its format.</summary>
internal static class InstantFormats
{
    /// <summary>The format of dates as text, by which also impossible dates, such as 2024-02-00, can be read.</summary>
    private const string TextFormat = "yyyy-MM-dd HH:mm:ss.FFFFFF";

    /// <summary>Converts an instant to a bound of the column.</summary>
    public static object Bound(InstantFormat format, DateTimeOffset instant) =>
        format == InstantFormat.Text ? Sql.Instant(instant) : InstantNumbers.From(format, instant);

    /// <summary>Returns the expression that selects a column: dates as text, since the driver can't represent impossible dates.</summary>
    public static string Expression(SourceColumn column) =>
        column.Kind == SourceColumnKind.Instant ? $"CAST({column.Sql} AS CHAR)" : column.Sql;

    /// <summary>Converts a value of <see cref="Expression"/> to an instant; null if business calendars don't support it.</summary>
    public static DateTimeOffset? Instant(InstantFormat format, object value)
    {
        if (format != InstantFormat.Text)
            return InstantNumbers.ToInstant(format, value is ulong unsigned
                ? (Int128)unsigned : Convert.ToInt64(value, CultureInfo.InvariantCulture));
        return DateTimeOffset.TryParseExact(
            (string)value, TextFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var instant)
            && SupportedInstants.Contains(instant) ? instant : null;
    }

    /// <summary>Returns the requirement for a value, for errors.</summary>
    public static string Needed(SourceColumn column, InstantFormat format)
    {
        var kind = format == InstantFormat.Text
            ? $"a {column.DataType.ToUpperInvariant()}, UTC,"
            : $"a whole number of the format {format}";
        return FormattableString.Invariant(
            $"{kind} from {SupportedInstants.First:yyyy-MM-dd} to {SupportedInstants.End.AddDays(-1):yyyy-MM-dd}, a valid calendar date");
    }
}
