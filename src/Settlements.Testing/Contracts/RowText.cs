using System.Data.Common;
using System.Globalization;
using Dapper;

namespace Settlements.Testing;

/// <summary>Formats database rows as text, for comparisons.</summary>
public static class RowText
{
    /// <summary>Reads rows as their values joined by bars; bytes as hexadecimal digits.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(DbConnection connection, string sql)
    {
        var rows = new List<string>();
        await using var reader = await connection.ExecuteReaderAsync(sql);
        while (await reader.ReadAsync())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Text(reader.GetValue(i)))));
        return rows;
    }

    private static string Text(object value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        DBNull => "null",
        DateTime instant => instant.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
