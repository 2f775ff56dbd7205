using System.Text.Json;
using DuckDB.NET.Data;
using Settlements.Stores;

namespace Settlements.DuckDb.Tests;

/// <summary>Tests of folders in the layout of Hive, and of which files and rows of a day are read.</summary>
public sealed class HiveTests : IDisposable
{
    private static readonly DateOnly Monday = new(2024, 7, 1);

    private readonly DuckDbFolder _folder = new();

    [Theory]
    [InlineData("parquet", "yyyy-MM-dd")]
    [InlineData("csv", "yyyyMMdd")]
    [InlineData("jsonl", "yyyy-MM-dd")]
    public async Task A_business_day_reads_the_files_of_the_two_utc_dates_that_it_touches(string format, string dateFormat)
    {
        for (var i = 0; i < 10; i++)
        {
            var day = Monday.AddDays(i - 5);
            foreach (var hour in new[] { "02", "20" })
            {
                _folder.Write(
                    FormattableString.Invariant($"day={day.ToString(dateFormat, null)}/hour={hour}/rows.{format}"),
                    DuckDbFolder.Rows(FormattableString.Invariant($"TIMESTAMP '{day:yyyy-MM-dd} {hour}:00:00', 'v1', 'ann', {i}")));
            }
        }

        using var source = DuckDbFolder.Source(
            f => FormatTests.Add(f.HivePartitions("day"), format, _folder.Root), t => t.Sums("video.seconds", "watched", by: "hour"));

        // In Seoul the day starts at 15:00 UTC of the day before.
        (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal("video.seconds:02 v1 ann 5 1", "video.seconds:20 v1 ann 4 1");
        Files(source, format, Monday).Should().Equal(
            $"day={Monday.AddDays(-1).ToString(dateFormat, null)}/hour=20/rows.{format}",
                $"day={Monday.ToString(dateFormat, null)}/hour=02/rows.{format}");
    }

    [Fact]
    public async Task A_file_with_a_row_of_another_date_than_its_folder_is_refused()
    {
        _folder.Write("day=2024-07-01/a.parquet", DuckDbFolder.Rows(
            "TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 1", "TIMESTAMP '2024-07-02 00:00:00', 'v1', 'ann', 1"));
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder.Root).HivePartitions("day"));

        (await FluentActions.Awaiting(() => source.ValidateAsync(default)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage("*a.parquet has the partition day=2024-07-01 and rows from 2024-07-01T03:00:00Z to 2024-07-02T00:00:00Z*");
        File.Move(_folder["day=2024-07-01/a.parquet"], _folder["a.parquet"]);
        (await FluentActions.Awaiting(() => source.ValidateAsync(default)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage("*a.parquet has no folder day=2024-07-01. Move the file*");
    }

    [Fact]
    public async Task Only_the_row_groups_of_a_day_are_scanned()
    {
        DuckDbFolder.Execute($"""
            COPY (SELECT TIMESTAMP '2024-06-01 00:00:00' + INTERVAL (i) MINUTE AS "at", 'v1' AS video_id, 'ann' AS owner_id, i AS watched
                FROM range(86400) t(i)) TO '{_folder["a.parquet"]}' (FORMAT parquet, ROW_GROUP_SIZE 2048)
            """);
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder["a.parquet"]));
        (await DuckDbFolder.SumAsync(source, Monday)).Should().HaveCount(2).And.Contain("video.view v1 ann 1440 1440");

        var files = new SourceFiles(FileFormat.Parquet, [_folder["a.parquet"]], ',', null, [], []);
        var errors = new SourceErrors("plays", files, new DuckDbOptions());
        using var session = DuckDbSession.Open(files, new DuckDbOptions(), errors, default);
        var table = Table(t => t.Counts("video.view").Sums("video.seconds", "watched"));
        var relation = SourceRelation.Bind(session, table, files, [_folder["a.parquet"]], errors);
        var day = new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []).RangeOf(Monday);

        // Of 43 row groups of 2048 rows the day of 1440 rows touches two.
        BytesRead(day).Should().BeGreaterThan(0)
            .And.BeLessThan(BytesRead(new UtcRange(SupportedInstants.First, SupportedInstants.End)) / 10);

        long BytesRead(UtcRange range)
        {
            var within = Conditions.Within(relation.OccurredAt, InstantFormat.Text, range.Start, range.End);
            var query = SumQuery.Of(table, relation, [_folder["a.parquet"]], within, null, []);
            var plan = string.Concat(session.List("EXPLAIN (ANALYZE, FORMAT json) " + query.Text, (DuckDBDataReader r) => r.GetString(1)));
            return JsonDocument.Parse(plan).RootElement.GetProperty("total_bytes_read").GetInt64();
        }
    }

    [Fact]
    public async Task Statistics_of_unchanged_files_are_read_once_and_removed_files_are_forgotten()
    {
        var files = new SourceFiles(FileFormat.Csv, [_folder["*.csv"]], ',', null, [], []);
        var errors = new SourceErrors("plays", files, new DuckDbOptions());
        var table = Table(t => t.Counts("video.view"));
        var catalog = new FileCatalog(table, files, errors);
        _folder.Write("a.csv", DuckDbFolder.Rows("TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 1"));
        using var session = DuckDbSession.Open(files, new DuckDbOptions(), errors, default);
        var listed = catalog.List(session);
        var first = catalog.Statistics(session, listed)[listed[0]];

        catalog.Statistics(session, catalog.List(session))[listed[0]].Should().BeSameAs(first);
        _folder.Write("a.csv", DuckDbFolder.Rows(
            "TIMESTAMP '2024-07-02 03:00:00', 'v1', 'ann', 1", "TIMESTAMP '2024-07-02 03:00:00', 'v2', 'ann', 1"));
        FileCatalog.AreUnchanged(listed).Should().BeFalse();
        var replaced = catalog.List(session);
        catalog.Statistics(session, replaced)[replaced[0]].Rows.Should().Be(2);
        catalog.Keep(replaced);
        catalog.Statistics(session, replaced).Should().HaveCount(1);
        await Task.CompletedTask;
    }

    private List<string> Files(DuckDbSource source, string format, DateOnly day)
    {
        var extension = format == "parquet" ? FileFormat.Parquet : format == "csv" ? FileFormat.Csv : FileFormat.JsonLines;
        var files = new SourceFiles(extension, [_folder[$"**/*.{format}"]], ',', "day", [], []);
        var errors = new SourceErrors(source.Name, files, new DuckDbOptions());
        using var session = DuckDbSession.Open(files, new DuckDbOptions(), errors, default);
        var catalog = new FileCatalog(Table(t => t.Sums("video.seconds", "watched", by: "hour")), files, errors);
        return [.. catalog.ListWithin(session, DuckDbFolder.Day(source, day).Range)
            .Select(f => Path.GetRelativePath(_folder.Root, f.Path))];
    }

    private static UsageTable Table(Action<UsageTableBuilder> configure)
    {
        var builder = new UsageTableBuilder("plays").OnDuckDb(f => f.Parquet("/none")).OccurredAt("at").Item("video_id").Payee("owner_id");
        configure(builder);
        return builder.Build([])!;
    }

    public void Dispose() => _folder.Dispose();
}
