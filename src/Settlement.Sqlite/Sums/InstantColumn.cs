using System.Globalization;
using Microsoft.Data.Sqlite;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.Sqlite.Connections;
using SQLitePCL;

namespace Settlement.Sqlite.Sums;

/// <summary>The instants of a host's own table: in its format, and checked, since SQLite lets any value stand in any column.</summary>
internal static class InstantColumn
{
    /// <summary>The form of <see cref="InstantFormat.Text"/>, for messages.</summary>
    public const string TextForm = "UTC as yyyy-MM-dd HH:mm:ss, with a fraction or without, and without a zone";

    private const string TextFormat = "yyyy-MM-dd HH:mm:ss";

    /// <summary>The earliest instant of a source, from one on where it is given; null when there is no row.</summary>
    public static DateTimeOffset? FindFirst(SqliteConnection connection, EventSource source, DateTimeOffset? from = null)
    {
        DateTimeOffset? first = null;

        // Values sort by their type first, so when the least and the greatest are of the right one, all are.
        foreach (var direction in (string[])["ASC", "DESC"])
        {
            var column = Sql.Name(source.OccurredAtColumn);
            using var edge = EventRows.Prepare(
                connection, source,
                $"SELECT {column} FROM {Sql.Name(source.Table)} WHERE {(from is null ? "1 = 1" : $"{column} >= ?")}{Sql.And(source.Filter)} "
                + $"ORDER BY {column} {direction} LIMIT 1");
            if (from is { } instantFrom)
                Bind(edge, 1, source.OccurredAtFormat, instantFrom);
            if (edge.Step())
            {
                var instant = Read(edge, source);
                first ??= instant;
            }
        }

        return first;
    }

    /// <summary>Whether a text looks like an instant of <see cref="InstantFormat.Text"/>: in another form it would sort into another day.</summary>
    public static bool IsText(ReadOnlySpan<byte> utf8) =>
        utf8.Length >= TextFormat.Length && utf8[10] == ' ' && utf8[13] == ':' && utf8[16] == ':'
        && (utf8.Length == TextFormat.Length || (utf8[TextFormat.Length] == '.' && !utf8[(TextFormat.Length + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9')));

    /// <summary>Binds an instant as the column keeps it.</summary>
    public static void Bind(SqliteStatement statement, int place, InstantFormat format, DateTimeOffset instant)
    {
        var microseconds = UnixMicroseconds.From(instant);
        switch (format)
        {
            case InstantFormat.UnixSeconds:
                statement.Bind(place, CeilingDivide(microseconds, 1_000_000));
                break;
            case InstantFormat.UnixMilliseconds:
                statement.Bind(place, CeilingDivide(microseconds, 1_000));
                break;
            case InstantFormat.UnixMicroseconds:
                statement.Bind(place, microseconds);
                break;
            default:
                var fraction = microseconds % 1_000_000 == 0 ? "" : ".ffffff";
                statement.Bind(place, instant.UtcDateTime.ToString(TextFormat + fraction, CultureInfo.InvariantCulture));
                break;
        }
    }

    /// <summary>The bounds of days are excluded below and included above, so a whole unit that is not reached yet is the next one.</summary>
    private static long CeilingDivide(long value, long by) => value / by + (value % by > 0 ? 1 : 0);

    private static DateTimeOffset Read(SqliteStatement row, EventSource source)
    {
        if (source.OccurredAtFormat == InstantFormat.Text)
        {
            if (row.Type(0) == raw.SQLITE_TEXT && row.Text(0) is var text && text.Length >= TextFormat.Length
                && DateTime.TryParseExact(
                    text[..TextFormat.Length], TextFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out var instant)
                && (text.Length == TextFormat.Length || text[TextFormat.Length] == '.'))
            {
                return instant;
            }
        }
        else if (row.Type(0) == raw.SQLITE_INTEGER && ToInstant(row.Int64(0), source.OccurredAtFormat) is { } instant)
        {
            return instant;
        }

        var shown = row.IsNull(0) ? "null" : $"'{row.Text(0)}'";
        throw new EventSourceException(
            $"Source '{source.Name}': column {source.OccurredAtColumn} of table {source.Table} holds {shown}, which is not an instant of the format "
            + $"{source.OccurredAtFormat}{(source.OccurredAtFormat == InstantFormat.Text ? $" ({TextForm})" : "")} between {BusinessCalendar.FirstDay:O} and "
            + $"{BusinessCalendar.LastDay:O}. Name the format it has: OccurredAt(column, format).");
    }

    private static DateTimeOffset? ToInstant(long value, InstantFormat format)
    {
        var microseconds = (Int128)value * format switch
        {
            InstantFormat.UnixSeconds => 1_000_000,
            InstantFormat.UnixMilliseconds => 1_000,
            _ => 1,
        };
        return microseconds >= Least && microseconds <= Greatest ? UnixMicroseconds.ToInstant((long)microseconds) : null;
    }

    private static readonly long Least = UnixMicroseconds.From(new DateTimeOffset(BusinessCalendar.FirstDay, TimeOnly.MinValue, TimeSpan.Zero));

    private static readonly long Greatest = UnixMicroseconds.From(new DateTimeOffset(BusinessCalendar.LastDay, TimeOnly.MinValue, TimeSpan.Zero));
}
