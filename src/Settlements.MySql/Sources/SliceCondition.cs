using System.Globalization;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Converts a slice to a condition on its key's columns. Its bounds may have fewer values than the key has columns.</summary>
internal static class SliceCondition
{
    /// <summary>
    /// Returns the condition for a row to be in a slice, with its values as parameters. It is written column by column, since servers don't
    /// use an index for <c>(a, b) &gt;= (x, y)</c>.
    /// </summary>
    public static string Of(SourceSlice slice, IReadOnlyList<string> columns, MySqlParameterCollection parameters)
    {
        var conditions = new List<string>(2);
        if (slice.From is { } from)
        {
            Add(parameters, "from", from);
            conditions.Add($"{columns[0]} >= @from0" + (from.Count == 1 ? "" : $" AND {AtLeast(columns, from.Count, 0)}"));
        }

        if (slice.To is { } to)
        {
            Add(parameters, "to", to);
            conditions.Add(to.Count == 1 ? $"{columns[0]} < @to0" : $"{columns[0]} <= @to0 AND {Below(columns, to.Count, 0)}");
        }

        return conditions.Count == 0 ? "1 = 1" : string.Join(" AND ", conditions);
    }

    /// <summary>Reads the key's values from the first columns of a reader's current row.</summary>
    public static SliceValue[] Read(MySqlDataReader reader, int count)
    {
        var values = new SliceValue[count];
        for (var i = 0; i < count; i++)
            values[i] = Value(reader.GetValue(i));
        return values;
    }

    private static SliceValue Value(object value) => value switch
    {
        ulong unsigned => SliceValue.Of(unsigned),
        DateTime instant => SliceValue.Of(Sql.Instant(instant)),
        byte[] bytes => SliceValue.Of(bytes.AsSpan()),
        string text => SliceValue.Of(text),
        _ => SliceValue.Of(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
    };

    private static string AtLeast(IReadOnlyList<string> columns, int count, int i) => i == count - 1
        ? FormattableString.Invariant($"{columns[i]} >= @from{i}")
        : FormattableString.Invariant($"({columns[i]} > @from{i} OR ({columns[i]} = @from{i} AND {AtLeast(columns, count, i + 1)}))");

    private static string Below(IReadOnlyList<string> columns, int count, int i) => i == count - 1
        ? FormattableString.Invariant($"{columns[i]} < @to{i}")
        : FormattableString.Invariant($"({columns[i]} < @to{i} OR ({columns[i]} = @to{i} AND {Below(columns, count, i + 1)}))");

    private static void Add(MySqlParameterCollection parameters, string name, IReadOnlyList<SliceValue> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i].Value;
            parameters.AddWithValue(
                string.Create(CultureInfo.InvariantCulture, $"{name}{i}"), value is DateTimeOffset instant ? Sql.Instant(instant) : value);
        }
    }
}
