using System.Globalization;
using System.Text;
using Settlements.TestServers;

namespace Settlements.MySql.Tests.Loading;

/// <summary>
/// Every column type, loaded by LOAD DATA and by INSERT: the same values are stored, unchanged, and the same are rejected.
/// </summary>
public sealed class ColumnTypeTests(SharedServer shared, ServerWithoutLocalInfile inserting)
{
    public static TheoryData<string> Types => new(
        "TINYINT", "TINYINT UNSIGNED", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "BIGINT UNSIGNED", "BIT(1)", "BIT(8)", "BIT(64)", "YEAR",
        "DECIMAL(10,2)", "DECIMAL(65,30)",
        "FLOAT", "FLOAT(7,2)", "DOUBLE", "DOUBLE(10,2)", "DOUBLE UNSIGNED", "DATE", "DATETIME", "DATETIME(3)", "DATETIME(6)", "TIMESTAMP",
        "TIMESTAMP(6)", "TIME", "TIME(6)",
        "CHAR(5)", "CHAR(36)", "VARCHAR(20) CHARACTER SET utf8mb4", "VARCHAR(20) CHARACTER SET utf8mb3",
        "VARCHAR(20) CHARACTER SET latin1", "VARCHAR(20) CHARACTER SET ascii",
        "VARCHAR(20) CHARACTER SET utf16", "VARCHAR(20) CHARACTER SET euckr", "TINYTEXT CHARACTER SET utf8mb4",
        "TEXT CHARACTER SET latin1", "LONGTEXT CHARACTER SET utf8mb4",
        "BINARY(3)", "BINARY(16)", "VARBINARY(16)", "TINYBLOB", "BLOB", "LONGBLOB", "ENUM('a','B','it''s','1','back\\\\slash')",
        "ENUM('é','a','') CHARACTER SET latin1", "SET('a','b','1')",
        "JSON", "UUID", "INET4", "INET6", "GEOMETRY", "POINT");

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Load_data_and_insert_store_and_reject_the_same_values(string type)
    {
        var values = HostileValues.Known();
        values.AddRange(HostileValues.Random(seed: 20240701, count: 100));
        var byLoadData = await LoadAsync(shared.Server, type, values);
        if (byLoadData is null)
            return;
        var byInsert = (await LoadAsync(await inserting.StartedAsync(), type, values))!;

        for (var i = 0; i < values.Count; i++)
        {
            var because = $"{type} was given {Shown(values[i])}; LOAD DATA: {byLoadData[i]}; INSERT: {byInsert[i]}";
            byInsert[i].IsStored.Should().Be(byLoadData[i].IsStored, because);
            byInsert[i].Stored.Should().Be(byLoadData[i].Stored, because);
            if (byLoadData[i].IsStored)
                Same(type, values[i], byLoadData[i].Stored).Should().BeTrue(because);
        }
    }

    /// <summary>Loads values and returns the outcome of each; null if the server lacks the type.</summary>
    private static async Task<List<Outcome>?> LoadAsync(MySqlServer server, string type, List<object?> values)
    {
        var isOfMariaDb = type is "UUID" or "INET4" or "INET6";
        await using var table = await TableUnderLoad.CreateAsync(server, "id INT PRIMARY KEY");
        try
        {
            await table.ExecuteAsync($"ALTER TABLE t ADD v {type} NULL");
        }
        catch (MySqlConnector.MySqlException) when (isOfMariaDb)
        {
            return null;
        }

        var rejected = new Dictionary<long, string>();
        var options = new TableLoadOptions
        {
            ChunkRows = 20, RejectsMax = int.MaxValue, OnRejected = (row, _) =>
                { rejected[row.RowNumber] = row.Reason; return ValueTask.CompletedTask; },
        };
        var map = new TableMap<(int Id, object? Value)>("t").Column("id", r => r.Id).Column("v", r => r.Value);
        var report = await table.Loader.LoadAsync(values.Select((value, i) => (i, value)).ToAsyncEnumerable(), map, options);
        report.Rejected.Should().Be(rejected.Count);

        var shown = type.Split('(', ' ')[0] switch
        {
            "FLOAT" or "DOUBLE" => "v + 0e0",
            "BIT" or "YEAR" => "v + 0",
            "TIME" or "DATE" or "DATETIME" or "DECIMAL" => "CAST(v AS CHAR)",
            "TIMESTAMP" => "CAST(CONVERT_TZ(v, @@session.time_zone, '+00:00') AS CHAR)",
            _ => "v",
        };
        var stored = (await table.RowsAsync($"SELECT id, {shown} FROM t ORDER BY id")).ToDictionary(r =>
            int.Parse(r.Split('|')[0], CultureInfo.InvariantCulture), r => r[(r.IndexOf('|', StringComparison.Ordinal) + 1)..]);
        (stored.Count + rejected.Count).Should().Be(values.Count);
        return [.. values.Select((_, i) => stored.TryGetValue(i, out var value)
            ? new Outcome(true, value, null) : new Outcome(false, "", rejected[i + 1]))];
    }

    /// <summary>Returns whether the stored value equals the loaded one. Dates and times are compared if they were loaded as such.</summary>
    private static bool Same(string type, object? value, string stored)
    {
        var name = type.Split('(', ' ')[0];
        if (value is null)
            return stored == "NULL";
        var text = value switch
        {
            bool flag => flag ? "1" : "0",
            byte[] bytes => name.Contains('B', StringComparison.Ordinal) || name is "GEOMETRY" or "POINT"
                ? Convert.ToHexString(bytes) : Encoding.UTF8.GetString(bytes),
            Enum => ((int)value).ToString(CultureInfo.InvariantCulture),
            DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
            IFormattable and (float or double) => ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture),
            _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        };
        switch (name)
        {
            case "FLOAT":
                return float.Parse(stored, CultureInfo.InvariantCulture) == float.Parse(text, CultureInfo.InvariantCulture)
                    && Exact(text, stored, isSingle: true);
            case "TINYINT" or "SMALLINT" or "MEDIUMINT" or "INT" or "BIGINT" or "BIT" or "YEAR" or "DECIMAL" or "DOUBLE":
                return Exact(text, stored, isSingle: false);
            case "VARCHAR" or "CHAR" or "TINYTEXT" or "TEXT" or "LONGTEXT" or "JSON" when value is string or char or byte[] or Guid or int
                or long or decimal or double or float:
                return stored == text;
            case "BINARY" when type == "BINARY(16)" && Guid.TryParseExact(text, "D", out var id):
                return stored == Convert.ToHexString(id.ToByteArray(bigEndian: true));
            case "BINARY" or "VARBINARY" or "TINYBLOB" or "BLOB" or "LONGBLOB" when value is string or byte[]:
                return stored == (value is string ? Convert.ToHexString(Encoding.UTF8.GetBytes(text)) : text);
            case "GEOMETRY" or "POINT":
                return stored == text;
            case "ENUM" when value is string:
                return stored == text;
            case "SET" when value is string:
                return stored.Split(',').ToHashSet().SetEquals(text.Split(','));
            case "UUID":
                return Guid.Parse(text) == Guid.Parse(stored);
            case "DATE" or "DATETIME" or "TIMESTAMP" when value is DateOnly:
                return stored.StartsWith(text, StringComparison.Ordinal);
            case "DATETIME" or "TIMESTAMP" when value is DateTime at:
                return at.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture).StartsWith(stored, StringComparison.Ordinal);
            default:
                return true;
        }
    }

    private static bool Exact(string given, string stored, bool isSingle) =>
        NumberText.TryParse(given, out var one) && NumberText.TryParse(stored, out var other)
        && (one == other || (isSingle
            && NumberText.TryParse(
                float.Parse(stored, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture), out other) && one == other));

    private static string Shown(object? value) => value switch
    {
        null => "null",
        byte[] bytes => $"bytes {Convert.ToHexString(bytes)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value.GetType().Name} '{value}'"),
    };

    private sealed record Outcome(bool IsStored, string Stored, string? Reason);
}
