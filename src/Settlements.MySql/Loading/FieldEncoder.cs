using System.Globalization;

namespace Settlements.MySql;

/// <summary>
/// Writes a .NET value as a column's field, or returns why the column can't store it. Values that the server would change without a warning
/// are refused here, so that LOAD DATA and INSERT, MySQL and MariaDB, store and refuse the same values.
/// </summary>
internal static class FieldEncoder
{
    private static readonly long DayMin = UnixMicroseconds.From(new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Writes a value.</summary>
    /// <returns>Null, or why the column can't store the value.</returns>
    public static string? Write<T>(RowBuffer row, T value, TableColumn column)
    {
        switch (value)
        {
            case null or DBNull:
                if (!column.IsNullable)
                    return "The value is null, and the column is NOT NULL. Set a value.";
                row.Null();
                return null;
            case string text:
                return TextFields.Write(row, text, column);
            case bool flag:
                return NumberFields.Integer(row, flag ? 1 : 0, column);
            case long number:
                return NumberFields.Integer(row, number, column);
            case int number:
                return NumberFields.Integer(row, number, column);
            case byte or sbyte or short or ushort or uint:
                return NumberFields.Integer(row, Convert.ToInt64(value, CultureInfo.InvariantCulture), column);
            case ulong number:
                return number <= long.MaxValue
                    ? NumberFields.Integer(row, (long)number, column)
                    : TextFields.Write(row, number.ToString(CultureInfo.InvariantCulture), column);
            case decimal number when column.Kind == ColumnKind.Decimal:
                row.Decimal(number);
                return null;
            case decimal number:
                return TextFields.Write(row, number.ToString(CultureInfo.InvariantCulture), column);
            case double number:
                return NumberFields.Double(row, number, column);
            case float number:
                return NumberFields.Single(row, number, column);
            case char character:
                return TextFields.Write(row, character.ToString(), column);
            case Guid id when column.IsUuid:
                TextFields.Uuid(row, id);
                return null;
            case Guid id:
                return TextFields.Write(row, id.ToString("D"), column);
            case DateTime instant:
                return Instant(row, instant.Kind == DateTimeKind.Local
                    ? instant.ToUniversalTime()
                    : DateTime.SpecifyKind(instant, DateTimeKind.Utc), column);
            case DateTimeOffset instant:
                return Instant(row, instant.UtcDateTime, column);
            case DateOnly day when column.Kind is ColumnKind.Date or ColumnKind.Instant:
                row.Day(day);
                return null;
            case DateOnly day:
                return TextFields.Write(row, day.ToString("O", CultureInfo.InvariantCulture), column);
            case TimeOnly time:
                return Time(row, time.ToTimeSpan(), column);
            case TimeSpan span:
                return Time(row, span, column);
            case byte[] bytes:
                return TextFields.Bytes(row, bytes, column);
            case ReadOnlyMemory<byte> bytes:
                return TextFields.Bytes(row, bytes.Span, column);
            case Enum name:
                return long.TryParse(name.ToString("D"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var position)
                    ? NumberFields.Integer(row, position, column)
                    : TextFields.Write(row, name.ToString("D"), column);
            default:
                return $"The value is a {value.GetType()}, which is not supported. Use a number, a text, "
                    + $"bytes, a UUID, an instant, a date or a time.";
        }
    }

    private static string? Instant(RowBuffer row, DateTime instant, TableColumn column)
    {
        var microseconds = UnixMicroseconds.From(new DateTimeOffset(instant, TimeSpan.Zero));
        if (microseconds < DayMin)
            return $"The instant {instant:O} is before 0001-01-01 in UTC. Use a later one.";
        switch (column.Kind)
        {
            // The server would truncate a time of day, with or without a warning.
            case ColumnKind.Date when instant.TimeOfDay != TimeSpan.Zero:
                return FormattableString.Invariant(
                    $"The instant {instant:yyyy-MM-dd'T'HH:mm:ss.ffffff} has a time of day, and the column is a DATE. Use a DateOnly.");
            case ColumnKind.Date:
                row.Day(DateOnly.FromDateTime(instant));
                return null;
            case ColumnKind.Instant or ColumnKind.Text:
                row.Instant(microseconds, column.Precision ?? 6);
                return null;
            default:
                return TextFields.Write(row, instant.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture), column);
        }
    }

    private static string? Time(RowBuffer row, TimeSpan span, TableColumn column)
    {
        if (span.Duration() >= TimeSpan.FromHours(839))
            return $"The time {span} is out of range: a TIME is from -838:59:59 to 838:59:59.";
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{(span < TimeSpan.Zero ? "-" : "")}{(int)span.Duration().TotalHours:00}:{span.Duration():mm\\:ss\\.ffffff}");
        var cut = column.Precision switch { null => 0, 0 => 7, var decimals => 6 - decimals.Value };
        return TextFields.Write(row, text[..^cut], column);
    }
}
