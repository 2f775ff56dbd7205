using System.Globalization;
using Settlement.Calendars;
using Settlement.MySql.Connections;

namespace Settlement.MySql.Loading;

/// <summary>Writes a .NET value as the field of a column.</summary>
internal static class FieldEncoder
{
    private static readonly long DayMin = UnixMicroseconds.From(new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Writes the value.</summary>
    /// <returns>Null, or why the value can't be a field.</returns>
    public static string? Write<T>(RowBuffer row, T value, TableColumn column)
    {
        switch (value)
        {
            case null or DBNull:
                if (!column.IsNullable)
                    return "The value is null, and the column is NOT NULL. Give a value.";
                row.Null();
                return null;
            case string text:
                return Text(row, text, column);
            case bool flag:
                row.Int64(flag ? 1 : 0);
                return null;
            case long number:
                row.Int64(number);
                return null;
            case int number:
                row.Int64(number);
                return null;
            case byte or sbyte or short or ushort or uint:
                row.Int64(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                return null;
            case ulong number:
                row.Text(number.ToString(CultureInfo.InvariantCulture));
                return null;
            case decimal number:
                if (column.IsInteger && decimal.Truncate(number) != number)
                    return Fraction(number.ToString(CultureInfo.InvariantCulture));
                row.Decimal(number);
                return null;
            case double number:
                return Float(row, number, number.ToString("R", CultureInfo.InvariantCulture), column);
            case float number:
                return Float(row, number, number.ToString("R", CultureInfo.InvariantCulture), column);
            case char character:
                return Text(row, character.ToString(), column);
            case Guid id:
                Uuid(row, id, column);
                return null;
            case DateTime instant:
                return Instant(row, instant.Kind == DateTimeKind.Local ? instant.ToUniversalTime() : DateTime.SpecifyKind(instant, DateTimeKind.Utc), column);
            case DateTimeOffset instant:
                return Instant(row, instant.UtcDateTime, column);
            case DateOnly day:
                row.Day(day);
                return null;
            case TimeOnly time:
                return Time(row, time.ToTimeSpan(), column);
            case TimeSpan span:
                return Time(row, span, column);
            case byte[] bytes:
                row.Bytes8(bytes);
                return null;
            case ReadOnlyMemory<byte> bytes:
                row.Bytes8(bytes.Span);
                return null;
            case Enum name:
                row.Text(name.ToString("D"));
                return null;
            default:
                return $"The value is a {value.GetType()}, which no column takes. Give a number, a text, bytes, a UUID, an instant, a date or a time.";
        }
    }

    private static string? Text(RowBuffer row, string text, TableColumn column)
    {
        if (!Utf8IsPossible(text))
            return "The text holds a lone surrogate, which has no UTF-8 form. Give a text that is valid Unicode.";
        if (column.IsUuid && Guid.TryParseExact(text, "D", out var id))
        {
            Uuid(row, id, column);
            return null;
        }

        // Texts of numbers and times: the server would round them to the column without a word.
        if (column.IsInteger && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && decimal.Truncate(number) != number)
            return Fraction(text);
        row.Text(column.IsTime ? Cut(text, column.Precision ?? 0) : text);
        return null;
    }

    /// <summary>Without the decimals of the seconds that the column doesn't keep.</summary>
    private static ReadOnlySpan<char> Cut(string text, int decimals)
    {
        var point = text.LastIndexOf('.');
        if (point < 0 || text.IndexOf(':', StringComparison.Ordinal) is var colon && (colon < 0 || colon > point))
            return text;
        var end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return end != text.Length || end - point - 1 <= decimals ? text : text.AsSpan(0, decimals == 0 ? point : point + 1 + decimals);
    }

    private static bool Utf8IsPossible(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static string Fraction(string text) => $"The value {text} has a fraction, which the column's whole numbers would lose. Give a whole number.";

    private static string? Float(RowBuffer row, double number, string text, TableColumn column)
    {
        if (!double.IsFinite(number))
            return $"The value is {text}, which no column holds. Give a finite number.";
        if (column.IsInteger && Math.Truncate(number) != number)
            return Fraction(text);
        row.Text(text);
        return null;
    }

    private static void Uuid(RowBuffer row, Guid id, TableColumn column)
    {
        if (!column.IsUuid)
        {
            row.Text(id.ToString("D"));
            return;
        }

        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        row.Bytes8(bytes);
    }

    private static string? Instant(RowBuffer row, DateTime instant, TableColumn column)
    {
        var microseconds = UnixMicroseconds.From(new DateTimeOffset(instant, TimeSpan.Zero));
        if (microseconds < DayMin)
            return $"The instant {instant:O} can't be stored.";
        if (column.DataType.Equals("date", StringComparison.OrdinalIgnoreCase))
        {
            // A time of the day would be cut off with a warning, or without.
            if (instant.TimeOfDay != TimeSpan.Zero)
                return FormattableString.Invariant($"The instant {instant:yyyy-MM-dd'T'HH:mm:ss.ffffff} has a time of day, and the column is a DATE. Give a DateOnly.");
            row.Day(DateOnly.FromDateTime(instant));
        }
        else
        {
            row.Instant(microseconds, column.Precision ?? 6);
        }

        return null;
    }

    private static string? Time(RowBuffer row, TimeSpan span, TableColumn column)
    {
        if (span.Duration() >= TimeSpan.FromHours(839))
            return $"The time {span} is out of range: a TIME goes from -838:59:59 to 838:59:59.";
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{(span < TimeSpan.Zero ? "-" : "")}{(int)span.Duration().TotalHours:00}:{span.Duration():mm\\:ss\\.ffffff}");
        row.Text(text.AsSpan(0, text.Length - (column.Precision is null or 0 ? 7 : 6 - column.Precision.Value)));
        return null;
    }
}
