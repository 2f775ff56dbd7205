using SQLitePCL;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Expresses a slice as an SQL condition on its key columns.</summary>
internal static class SliceCondition
{
    /// <summary>Returns the condition for rows of a slice. Its parameters are the values of From, then those of To.</summary>
    public static string Of(SourceSlice slice, IReadOnlyList<string> columns)
    {
        var parameters = string.Join(", ", columns.Select(_ => "?"));
        var row = $"({string.Join(", ", columns)})";
        return (slice.From, slice.To) switch
        {
            (null, null) => "1 = 1",
            (not null, null) => $"{row} >= ({parameters})",
            (null, not null) => $"{row} < ({parameters})",
            _ => $"{row} >= ({parameters}) AND {row} < ({parameters})",
        };
    }

    /// <summary>Binds the parameters of <see cref="Of"/>, the first of which is <paramref name="parameter"/>.</summary>
    public static void Bind(SqliteStatement statement, int parameter, SourceSlice slice)
    {
        foreach (var bound in (slice.From ?? []).Concat(slice.To ?? []))
        {
            _ = bound.Value switch
            {
                long number => statement.Bind(parameter++, number),
                string text => statement.Bind(parameter++, text),
                byte[] bytes => statement.BindBlob(parameter++, bytes),
                _ => throw new FormatException(
                    $"Key value {bound} has the type {bound.Value.GetType().Name}; keys of SQLite tables have integers, "
                    + "texts and blobs. Abandon the run, and close the day again."),
            };
        }
    }

    /// <summary>Reads the key of a statement's current row, whose first columns are those of the key.</summary>
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
                    $"Key column {columns[i]} holds null or a REAL value; keys have integers, texts and blobs. "
                    + "Correct the row, or name another key: Key(…)."),
            };
        }

        return values;
    }
}
