using System.Diagnostics.CodeAnalysis;
using System.Text;
using DuckDB.NET.Data;
using Settlements.Stores;

namespace Settlements.DuckDb.Tests;

/// <summary>
/// A temporary folder with files of usage, which a DuckDB without restrictions writes. With SETTLEMENT_TEST_FILES it is below that folder,
/// for example a bucket that is mounted as one (eng/object-storage.sh).
/// </summary>
internal sealed class DuckDbFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Environment.GetEnvironmentVariable("SETTLEMENT_TEST_FILES") is { Length: > 0 } root
        ? Directory.CreateDirectory(Path.Combine(root, $"settlement-duckdb-{Guid.NewGuid():N}"))
        : Directory.CreateTempSubdirectory("settlement-duckdb-");

    public string Root => _folder.FullName;

    public string this[string path] => Path.Combine(_folder.FullName, path);

    [SuppressMessage("Security", "CA2100", Justification = "The SQL is the test's.")]
    public static void Execute(string sql)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SET TimeZone = 'UTC';" + sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Writes the result of a query to a file, in the format of its extension.</summary>
    public void Write(string path, string query)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        var options = Path.GetExtension(path) switch
        {
            ".parquet" => "FORMAT parquet",
            ".csv" => "FORMAT csv, HEADER",
            _ => "FORMAT json",
        };
        Execute($"COPY ({query}) TO '{this[path]}' ({options})");
    }

    public void WriteText(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllText(this[path], text);
    }

    /// <summary>Returns the query of rows with an instant, an item, a payee and a quantity, given as SQL.</summary>
    public static string Rows(params string[] rows) =>
        $"SELECT * FROM (VALUES {string.Join(", ", rows.Select(r => $"({r})"))}) AS t(\"at\", video_id, owner_id, watched)";

    /// <summary>Creates a source over files, outside of a store.</summary>
    public static DuckDbSource Source(
        Action<DuckDbFilesBuilder> files, Action<UsageTableBuilder>? configure = null, Action<DuckDbOptions>? options = null)
    {
        var builder = new UsageTableBuilder("plays").OnDuckDb(files, options).OccurredAt("at").Item("video_id").Payee("owner_id");
        if (configure is null)
            builder.Counts("video.view").Sums("video.seconds", "watched");
        else
            configure(builder);
        var errors = new List<string>();
        var table = builder.Build(errors);
        errors.Should().BeEmpty();
        return (DuckDbSource)table!.Reader!.Create(table, null!);
    }

    /// <summary>Validates, slices and sums a day in Seoul, and returns the sums as text, ordered by bytes.</summary>
    public static async Task<List<string>> SumAsync(DuckDbSource source, DateOnly day)
    {
        var sourceDay = Day(source, day);
        await source.ValidateAsync(default);
        var totals = new SumAccumulator();
        foreach (var slice in await source.SliceAsync(sourceDay, 1, default))
            await source.SumAsync(sourceDay, SourceSlice.Parse(slice.ToString()), totals, default);
        return Sums(totals);
    }

    public static SourceDay Day(DuckDbSource source, DateOnly day) =>
        new(day, new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), source.Meters);

    public static List<string> Sums(SumAccumulator totals) => [.. totals.Order().Select(i =>
    {
        var sum = totals.Read(i);
        return FormattableString.Invariant(
            $"{Text(sum.Meter)} {Text(sum.ItemId)} {Text(sum.PayeeId)} {sum.Quantity} {sum.Events}");
    })];

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    public void Dispose() => _folder.Delete(recursive: true);
}
