using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MySqlConnector;

namespace Settlement.MySql.Sums;

/// <summary>
/// A half-open range of a key's values, as text that a chunk keeps: <see cref="From"/> is in it, <see cref="To"/> is not, null is unbounded; each
/// may name fewer values than the key has columns. A value is its type's letter and its text: <c>i42</c>, <c>u42</c> (unsigned), <c>tabc</c>,
/// <c>x00ff</c>, <c>d2024-07-01T00:00:00.0000000</c>.
/// </summary>
internal sealed record KeyRange(string[]? From, string[]? To, bool Late = false)
{
    public static KeyRange All { get; } = new(null, null);

    public static KeyRange Parse(string text) => JsonSerializer.Deserialize(text, KeyRangeJson.Default.KeyRange)!;

    public override string ToString() => JsonSerializer.Serialize(this, KeyRangeJson.Default.KeyRange);

    /// <summary>
    /// The condition for a row to be in the range, with its values as parameters. Written out column by column: servers don't use an index for
    /// <c>(a, b) &gt;= (x, y)</c>.
    /// </summary>
    public string Condition(IReadOnlyList<string> columns, MySqlParameterCollection parameters)
    {
        var conditions = new List<string>(2);
        if (From is not null)
        {
            Add(parameters, "from", From);
            conditions.Add($"{columns[0]} >= @from0" + (From.Length == 1 ? "" : $" AND {AtLeast(columns, From.Length, 0)}"));
        }

        if (To is not null)
        {
            Add(parameters, "to", To);
            conditions.Add(To.Length == 1 ? $"{columns[0]} < @to0" : $"{columns[0]} <= @to0 AND {Below(columns, To.Length, 0)}");
        }

        return conditions.Count == 0 ? "1 = 1" : string.Join(" AND ", conditions);
    }

    /// <summary>The key's values in the row a reader stands on, whose first columns they are.</summary>
    public static string[] Read(MySqlDataReader reader, int count)
    {
        var values = new string[count];
        for (var i = 0; i < count; i++)
            values[i] = Text(reader.GetValue(i));
        return values;
    }

    public static string Text(object value) => value switch
    {
        ulong unsigned => $"u{unsigned.ToString(CultureInfo.InvariantCulture)}",
        DateTime instant => $"d{instant.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}",
        byte[] bytes => $"x{Convert.ToHexStringLower(bytes)}",
        string text => $"t{text}",
        _ => $"i{Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)}",
    };

    private static string AtLeast(IReadOnlyList<string> columns, int count, int i) => i == count - 1
        ? FormattableString.Invariant($"{columns[i]} >= @from{i}")
        : FormattableString.Invariant($"({columns[i]} > @from{i} OR ({columns[i]} = @from{i} AND {AtLeast(columns, count, i + 1)}))");

    private static string Below(IReadOnlyList<string> columns, int count, int i) => i == count - 1
        ? FormattableString.Invariant($"{columns[i]} < @to{i}")
        : FormattableString.Invariant($"({columns[i]} < @to{i} OR ({columns[i]} = @to{i} AND {Below(columns, count, i + 1)}))");

    private static void Add(MySqlParameterCollection parameters, string name, string[] values)
    {
        for (var i = 0; i < values.Length; i++)
            parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"{name}{i}"), Value(values[i]));
    }

    private static object Value(string value) => value[0] switch
    {
        'i' => long.Parse(value.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        'u' => ulong.Parse(value.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture),
        'x' => Convert.FromHexString(value.AsSpan(1)),
        'd' => DateTime.Parse(value.AsSpan(1), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
        _ => value[1..],
    };
}

[JsonSerializable(typeof(KeyRange))]
internal sealed partial class KeyRangeJson : JsonSerializerContext;
