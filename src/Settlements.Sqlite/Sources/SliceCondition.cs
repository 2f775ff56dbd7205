using SQLitePCL;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>A slice as a condition on the columns of its key.</summary>
internal static class SliceCondition
{
    /// <summary>The condition for a row to be in a slice; its parameters are the values of From, then those of To.</summary>
    public static string Of(SourceSlice slice, IReadOnlyList<string> columns)
    {
        var places = string.Join(", ", columns.Select(_ => "?"));
        var row = $"({string.Join(", ", columns)})";
        return (slice.From, slice.To) switch
        {
            (null, null) => "1 = 1",
            (not null, null) => $"{row} >= ({places})",
            (null, not null) => $"{row} < ({places})",
            _ => $"{row} >= ({places}) AND {row} < ({places})",
        };
    }

    /// <summary>Binds the values of <see cref="Of"/>, from a place on.</summary>
    public static void Bind(SqliteStatement statement, int place, SourceSlice slice)
    {
        foreach (var bound in (slice.From ?? []).Concat(slice.To ?? []))
        {
            _ = bound.Value switch
            {
                long number => statement.Bind(place++, number),
                string text => statement.Bind(place++, text),
                byte[] bytes => statement.BindBlob(place++, bytes),
                _ => throw new FormatException($"A key of a table in SQLite has no values like {bound} ({bound.Value.GetType().Name})."),
            };
        }
    }

    /// <summary>The key's values in the row a statement stands on, whose first columns they are.</summary>
    public static SliceValue[] Read(SqliteStatement statement, IReadOnlyList<string> columns)
    {
        var values = new SliceValue[columns.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = statement.Type(i) switch
            {
                raw.SQLITE_INTEGER => SliceValue.Of(statement.Int64(i)),
                raw.SQLITE_TEXT => SliceValue.Of(statement.Text(i)),
                raw.SQLITE_BLOB => SliceValue.Of(statement.Bytes(i)),
                _ => throw new InvalidOperationException(
                    $"Key column {columns[i]} holds a value that is null or REAL; a key's values are whole numbers, text or blobs."),
            };
        }

        return values;
    }
}
