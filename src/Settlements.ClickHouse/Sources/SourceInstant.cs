using Settlements.Stores;

namespace Settlements.ClickHouse;

/// <summary>The column of an instant: its unit, and conditions by which an index finds its rows. Independent of any time zone.</summary>
/// <param name="Column">The column.</param>
/// <param name="Format">The format, for a column of numbers.</param>
internal sealed record SourceInstant(SourceColumn Column, InstantFormat Format)
{
    /// <summary>The microseconds of one unit of <see cref="Units"/>.</summary>
    private long UnitMicroseconds => Column.Kind switch
    {
        SourceColumnKind.DateTime => 1_000_000,
        SourceColumnKind.DateTime64 => 1,
        _ => Format switch
        {
            InstantFormat.UnixSeconds => 1_000_000,
            InstantFormat.UnixMilliseconds => 1_000,
            _ => 1,
        },
    };

    /// <summary>The instant as a 64-bit number: seconds of a DateTime, microseconds of a DateTime64, else the number itself.</summary>
    public string Units => UnitsOf(Column.Sql);

    /// <summary>The instant as text, in UTC.</summary>
    public string Shown => Column.Kind is SourceColumnKind.DateTime or SourceColumnKind.DateTime64
        ? $"toString({Column.Sql}, 'UTC')" : $"toString({Column.Sql})";

    /// <summary>Returns the first number of <see cref="Units"/> that isn't before an instant.</summary>
    public long From(DateTimeOffset instant)
    {
        var (microseconds, unit) = (UnixMicroseconds.From(instant), UnitMicroseconds);
        return microseconds / unit + (microseconds % unit > 0 ? 1 : 0);
    }

    /// <summary>Converts a number of <see cref="Units"/> to an instant; null if business calendars don't support it.</summary>
    public DateTimeOffset? ToInstant(Int128 units)
    {
        var microseconds = units * UnitMicroseconds;
        return SupportedInstants.ContainsMicroseconds(microseconds) ? UnixMicroseconds.ToInstant((long)microseconds) : null;
    }

    /// <summary>Returns the condition of the rows of a half-open range.</summary>
    public string Within(DateTimeOffset from, DateTimeOffset to) => $"{AtLeast(from)} AND NOT {AtLeast(to)}";

    /// <summary>Returns the condition of the rows before an instant.</summary>
    public string Before(DateTimeOffset instant) => $"NOT {AtLeast(instant)}";

    /// <summary>Returns the condition of the rows that are not before an instant.</summary>
    public string AtLeast(DateTimeOffset instant)
    {
        var units = From(instant);
        return Column.Kind switch
        {
            // The type has no other values: a constant beyond its range would be another one.
            SourceColumnKind.DateTime when units <= 0 => "(1 = 1)",
            SourceColumnKind.DateTime when units > uint.MaxValue => "(1 = 0)",
            SourceColumnKind.DateTime => $"({Column.Sql} >= toDateTime({Sql.Number(units)}))",
            SourceColumnKind.DateTime64 when Column.Scale <= 6 =>
                $"({Column.Sql} >= fromUnixTimestamp64Micro(toInt64({Sql.Number(units)})))",
            SourceColumnKind.DateTime64 when units > long.MaxValue / 1000 => "(1 = 0)",
            SourceColumnKind.DateTime64 when units < long.MinValue / 1000 => "(1 = 1)",
            SourceColumnKind.DateTime64 => $"({Column.Sql} >= fromUnixTimestamp64Nano(toInt64({Sql.Number(units * 1000)})))",
            _ => $"({Column.Sql} >= {Sql.Number(units)})",
        };
    }

    /// <summary>Returns an aggregate of the column as a number of <see cref="Units"/>, as text.</summary>
    public string UnitsOf(string sql) => Column.Kind switch
    {
        SourceColumnKind.DateTime => $"toInt64(toUInt32({sql}))",
        SourceColumnKind.DateTime64 => $"toUnixTimestamp64Micro({sql})",
        _ => sql,
    };
}
