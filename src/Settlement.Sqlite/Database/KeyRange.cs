using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SQLitePCL;

namespace Settlement.Sqlite.Database;

/// <summary>
/// A half-open range of a key's values, as text that a chunk keeps: <see cref="From"/> is in it, <see cref="To"/> is not, null is unbounded.
/// A value is its type's letter and its text: <c>i42</c>, <c>tabc</c>, <c>x00ff</c>.
/// </summary>
internal sealed record KeyRange(string[]? From, string[]? To, bool Late = false)
{
    public static KeyRange Parse(string text) => JsonSerializer.Deserialize(text, KeyRangeJson.Default.KeyRange)!;

    public override string ToString() => JsonSerializer.Serialize(this, KeyRangeJson.Default.KeyRange);

    /// <summary>The condition for a row to be in the range; its parameters are the values of <see cref="From"/>, then those of <see cref="To"/>.</summary>
    public string Condition(IReadOnlyList<string> columns)
    {
        var places = string.Join(", ", columns.Select(_ => "?"));
        var row = $"({string.Join(", ", columns)})";
        return (From, To) switch
        {
            (null, null) => "1 = 1",
            (not null, null) => $"{row} >= ({places})",
            (null, not null) => $"{row} < ({places})",
            _ => $"{row} >= ({places}) AND {row} < ({places})",
        };
    }

    /// <summary>Binds the values of <see cref="Condition"/>, from a place on.</summary>
    /// <returns>The place after them.</returns>
    public int Bind(SqliteStatement statement, int place)
    {
        foreach (var value in (From ?? []).Concat(To ?? []))
        {
            var text = value[1..];
            if (value[0] == 'i')
                statement.Bind(place++, long.Parse(text, CultureInfo.InvariantCulture));
            else if (value[0] == 't')
                statement.Bind(place++, text);
            else
                statement.BindBlob(place++, Convert.FromHexString(text));
        }

        return place;
    }

    /// <summary>The key's values in the row a statement stands on, whose first columns they are.</summary>
    public static string[] Read(SqliteStatement statement, IReadOnlyList<string> columns)
    {
        var values = new string[columns.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = statement.Type(i) switch
            {
                raw.SQLITE_INTEGER => $"i{statement.Int64(i).ToString(CultureInfo.InvariantCulture)}",
                raw.SQLITE_TEXT => $"t{statement.Text(i)}",
                raw.SQLITE_BLOB => $"x{Convert.ToHexStringLower(statement.Bytes(i))}",
                _ => throw new InvalidOperationException(
                    $"Key column {columns[i]} holds a value that is null or REAL; a key's values are whole numbers, text or blobs."),
            };
        }

        return values;
    }
}

[JsonSerializable(typeof(KeyRange))]
internal sealed partial class KeyRangeJson : JsonSerializerContext;
