using System.Globalization;
using Settlements.Sqlite.Tests;
using Settlements.Testing;

namespace Settlements.DuckDb.Tests;

/// <summary>Files of a format as a usage source under test: each insertion writes a new file, or rows into a database.</summary>
/// <param name="format">parquet, csv, jsonl or duckdb.</param>
/// <param name="isPartitioned">Whether there is a folder for each UTC date.</param>
/// <param name="options">The options; null for the defaults.</param>
internal sealed class FilesUnderTest(string format, bool isPartitioned = false, Action<DuckDbOptions>? options = null) : UsageSourceUnderTest
{
    private readonly DuckDbFolder _folder = new();
    private int _files;

    public override string QuantityColumn => "quantity";

    /// <summary>Creates the source without rows: an empty database, or an empty file.</summary>
    public async Task<FilesUnderTest> CreatedAsync()
    {
        if (format == "duckdb")
        {
            DuckDbFolder.Execute($"ATTACH '{Database}' AS d; CREATE TABLE d.usage_rows(occurred_at TIMESTAMP, item_id VARCHAR, payee_id "
                + $"VARCHAR, quantity BIGINT)");
            return this;
        }

        await InsertAsync([Scenario.Event(1, new DateOnly(2000, 1, 1))]);
        var one = Directory.EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories).Single();
        if (format == "parquet")
            DuckDbFolder.Execute($"COPY (SELECT * FROM read_parquet('{one}') WHERE false) TO '{one}.empty' (FORMAT parquet)");
        else
            await File.WriteAllLinesAsync(one + ".empty", format == "csv" ? (await File.ReadAllLinesAsync(one))[..1] : []);
        File.Move(one + ".empty", one, overwrite: true);
        return this;
    }

    public override Task InsertAsync(IReadOnlyList<UsageEvent> rows)
    {
        foreach (var part in rows.GroupBy(r => isPartitioned ? DateOnly.FromDateTime(r.OccurredAt.UtcDateTime) : default))
        {
            var values = string.Join(", ", part.Select(r => string.Create(
                CultureInfo.InvariantCulture,
                $"(TIMESTAMP '{r.OccurredAt.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}', {Sql.Text(r.ItemId)}, {Sql.Text(r.PayeeId)}, "
                    + $"{r.Quantity}::BIGINT)")));
            var query = $"SELECT * FROM (VALUES {values}) AS t(occurred_at, item_id, payee_id, quantity)";
            if (format == "duckdb")
                DuckDbFolder.Execute($"ATTACH '{Database}' AS d; INSERT INTO d.usage_rows {query}");
            else
                _folder.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{(isPartitioned ? $"day={part.Key:yyyy-MM-dd}/" : "")}{++_files:d3}.{format}"), query);
        }

        return Task.CompletedTask;
    }

    public override UsageTableBuilder Configure(UsageTableBuilder source)
    {
        if (format == "duckdb")
            source.OnDuckDb(f => f.Database(Database), options).Table("usage_rows");
        else
        {
            source.OnDuckDb(
                f =>
                {
                    FormatTests.Add(f, format, _folder.Root);
                    if (isPartitioned)
                        f.HivePartitions("day");
                }, options);
        }

        return source.OccurredAt("occurred_at").Item("item_id").Payee("payee_id");
    }

    private string Database => _folder["usage.duckdb"];

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

public sealed class ParquetContractTests : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await new FilesUnderTest("parquet").CreatedAsync();
}

public sealed class SlicedParquetContractTests : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) => await new FilesUnderTest(
        "parquet", isPartitioned: false, o => (o.SliceRowsMax, o.ItemParts, o.Threads) = (1, 3, 1)).CreatedAsync();
}

public sealed class HiveParquetContractTests : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await new FilesUnderTest("parquet", isPartitioned: true).CreatedAsync();
}

public sealed class CsvContractTests : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await new FilesUnderTest("csv").CreatedAsync();
}

public sealed class HiveCsvContractTests : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await new FilesUnderTest("csv", isPartitioned: true).CreatedAsync();
}

public sealed class JsonLinesContractTests : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await new FilesUnderTest("jsonl").CreatedAsync();
}

public sealed class DatabaseContractTests : UsageSourceContract
{
    protected override StoreUnderTest NewStore() => new SqliteUnderTest();

    protected override async Task<UsageSourceUnderTest> NewSourceAsync(StoreUnderTest store) =>
        await new FilesUnderTest("duckdb").CreatedAsync();
}
