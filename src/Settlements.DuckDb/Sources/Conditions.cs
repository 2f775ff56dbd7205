using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>Conditions of invalid values, in SQL.</summary>
internal static class Conditions
{
    /// <summary>Returns the condition of an instant that is missing or out of the supported range.</summary>
    public static string InvalidInstant(string microseconds) =>
        $"({microseconds} IS NULL OR {microseconds} < {Sql.Number(UnixMicroseconds.From(SupportedInstants.First))} "
        + $"OR {microseconds} >= {Sql.Number(UnixMicroseconds.From(SupportedInstants.End))})";

    /// <summary>Returns the condition of an id that is missing, empty, too long or no UTF-8.</summary>
    public static string InvalidId(SourceColumn column) => InvalidText(column.TextOf(column.Expression), UsageEvent.TextLengthMax);

    /// <summary>Returns the condition of a text that is missing, empty or too long.</summary>
    public static string InvalidText(string text, int lengthMax) =>
        $"({text} IS NULL OR length({text}) NOT BETWEEN 1 AND {Sql.Number(lengthMax)})";

    /// <summary>Returns the condition of the rows of a half-open range of instants.</summary>
    public static string Within(SourceColumn column, InstantFormat format, DateTimeOffset from, DateTimeOffset end)
    {
        var instant = column.Instant(format);
        return $"{instant} >= {column.Bound(format, from)} AND {instant} < {column.Bound(format, end)}";
    }
}
