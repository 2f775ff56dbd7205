using Settlements.Stores;

namespace Settlements.DuckDb.Tests;

/// <summary>Tests that each input which can't be counted is refused with its name, its value and a remedy.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Good = "TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 1";

    private static readonly DateOnly Monday = new(2024, 7, 1);

    private readonly DuckDbFolder _folder = new();

    public static TheoryData<string, string, string> BadRows()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var format in new[] { "parquet", "csv", "jsonl" })
        {
            data.Add(format, "NULL, 'v1', 'ann', 1", "at holds null");
            data.Add(format, "TIMESTAMP '1890-01-01 00:00:00', 'v1', 'ann', 1", "at holds '1890-01-01 00:00:00*'");
            data.Add(format, "TIMESTAMP '9999-01-01 00:00:00', 'v1', 'ann', 1", "at holds '9999-01-01 00:00:00*'");
            data.Add(format, "TIMESTAMP '2024-07-01 03:00:00', NULL, 'ann', 1", "video_id holds null");
            data.Add(format, "TIMESTAMP '2024-07-01 03:00:00', 'v1', NULL, 1", "owner_id holds null");
            data.Add(format, $"TIMESTAMP '2024-07-01 03:00:00', '{new string('x', 65)}', 'ann', 1", "video_id holds 'xxx*'");
            data.Add(format, "TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', NULL", "watched holds null");
        }

        data.Add("parquet", "TIMESTAMP '2024-07-01 03:00:00', '', 'ann', 1", "video_id holds ''");
        data.Add("parquet", "TIMESTAMP 'infinity', 'v1', 'ann', 1", "at holds 'infinity'");
        data.Add("csv", "TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 1.5", "watched holds '1.5'");
        data.Add("jsonl", "TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 1.5", "watched holds '1.5'");
        data.Add("csv", "TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 1e3", "watched holds '1000.0'");
        data.Add("csv", "TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 9223372036854775808", "watched holds '9223372036854775808'");
        data.Add("csv", "DATE '2024-07-01', 'v1', 'ann', 1", "at holds '2024-07-01'");
        data.Add("jsonl", "'2024-13-01 00:00:00', 'v1', 'ann', 1", "at holds '2024-13-01 00:00:00'");
        return data;
    }

    [Theory]
    [MemberData(nameof(BadRows))]
    public async Task A_bad_row_is_named_by_file_row_column_and_value(string format, string bad, string shown)
    {
        // In text files the bad value is written alone, so that the types of the other rows don't change.
        _folder.Write($"a.{format}", DuckDbFolder.Rows([.. Enumerable.Repeat(Good, 3)]));
        if (format == "parquet")
            _folder.Write("b.parquet", DuckDbFolder.Rows(Good, bad));
        else
        {
            _folder.Write($"b.{format}", DuckDbFolder.Rows(Good));
            _folder.Write($"c.{format}", DuckDbFolder.Rows(bad));
            var text = await File.ReadAllLinesAsync(_folder[$"c.{format}"]);
            await File.AppendAllLinesAsync(_folder[$"b.{format}"], format == "csv" ? text[1..] : text);
            File.Delete(_folder[$"c.{format}"]);
        }

        using var source = DuckDbFolder.Source(f => FormatTests.Add(f, format, _folder.Root));

        (await FluentActions.Awaiting(() => DuckDbFolder.SumAsync(source, Monday)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage($"Source 'plays': column {shown} in row 2 of file {_folder[$"b.{format}"]}; it must be *Correct the row, or "
                + $"exclude it with Where*");
        if (shown.StartsWith("at ", StringComparison.Ordinal))
        {
            await FluentActions.Awaiting(() => source.FindFirstInstantAsync(null, default)).Should().ThrowAsync<UsageSourceException>();
        }
    }

    [Fact]
    public async Task Bad_rows_that_the_condition_excludes_are_ignored()
    {
        _folder.Write("a.parquet", DuckDbFolder.Rows(Good, "NULL, 'v2', 'ann', 1", "TIMESTAMP '2024-07-01 03:00:00', 'v2', NULL, 1"));
        using var source = DuckDbFolder.Source(
            f => f.Parquet(_folder.Root), t => t.Where("video_id <> 'v2' AND watched::INTEGER > 0").Counts("video.view"));

        (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal("video.view v1 ann 1 1");
        (await source.FindFirstInstantAsync(null, default)).Should().Be(new DateTimeOffset(2024, 7, 1, 3, 0, 0, TimeSpan.Zero));
        (await source.FindFirstInstantAsync(new DateTimeOffset(2024, 7, 2, 0, 0, 0, TimeSpan.Zero), default)).Should().BeNull();
    }

    [Theory]
    [InlineData("1.5::DOUBLE", "watched is DOUBLE; quantities are integers*per: *")]
    [InlineData("1.5::FLOAT", "watched is FLOAT; quantities are integers*per: *")]
    [InlineData("1.5::DECIMAL(9,2)", "watched is DECIMAL(9,2); quantities are integers*per: *")]
    [InlineData("true", "watched is BOOLEAN; quantities are integers*")]
    [InlineData("'5'", "watched is VARCHAR; quantities are integers*")]
    public async Task Quantities_that_are_no_integers_are_refused_by_type(string quantity, string error)
    {
        _folder.Write("a.parquet", DuckDbFolder.Rows($"TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', {quantity}"));
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder.Root));

        await RefusedAsync(source, error);
    }

    [Theory]
    [InlineData("DATE '2024-07-01', 'v1', 'ann', 1",
        "at is DATE; instants are TIMESTAMP*OccurredAt(column, InstantFormat.UnixMilliseconds)*")]
    [InlineData("1719759600, 'v1', 'ann', 1", "at is INTEGER; instants are TIMESTAMP*")]
    [InlineData("TIMESTAMP '2024-07-01 03:00:00', 1.5, 'ann', 1", "video_id is DECIMAL(2,1); ids are*")]
    [InlineData("TIMESTAMP '2024-07-01 03:00:00', 'v1', [1], 1", "owner_id is INTEGER*; ids are*")]
    public async Task Columns_of_other_types_are_refused(string row, string error)
    {
        _folder.Write("a.parquet", DuckDbFolder.Rows(row));
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder.Root));

        await RefusedAsync(source, error.Replace("[", "?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_of_other_types_than_the_first_are_refused_since_they_would_be_rounded()
    {
        _folder.Write("a.parquet", DuckDbFolder.Rows(Good));
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder.Root));
        await DuckDbFolder.SumAsync(source, Monday);
        _folder.Write("b.parquet", DuckDbFolder.Rows("TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 1.5::DOUBLE"));

        await RefusedAsync(source, $"watched is DOUBLE in file {_folder["b.parquet"]} and INTEGER in others*");
        _folder.Write("b.parquet", "SELECT TIMESTAMP '2024-07-01 03:00:00' AS \"at\", 'v1' AS video_id, 'ann' AS owner_id");
        await RefusedAsync(source, $"watched is missing in file {_folder["b.parquet"]} and INTEGER in others*");
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public async Task Missing_files_and_columns_are_named(string format)
    {
        using var source = DuckDbFolder.Source(
            f => FormatTests.Add(f, format, _folder[$"*.{format}"]), t => t.Sums("video.seconds", "none"));
        await RefusedAsync(source, $"no file matches {format}:{_folder[$"*.{format}"]}. Correct the path*");
        _folder.Write($"a.{format}", DuckDbFolder.Rows(Good));
        await RefusedAsync(source, $"*has no column none of files; it has at, video_id, owner_id, watched. Check*");
        using var filtered = DuckDbFolder.Source(
            f => FormatTests.Add(f, format, _folder[$"*.{format}"]), t => t.Where("nope = 1").Counts("video.view"));
        (await FluentActions.Awaiting(() => filtered.ValidateAsync(default)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage("*'plays' can't be read from*nope*Check the source's table, columns and condition*");
    }

    [Theory]
    [InlineData("2024-07-01 03:00:00,v1,ann,1,2")]
    [InlineData("2024-07-01 03:00:00,v1")]
    [InlineData("2024-07-01 03:00:00,v1,\"ann,1")]
    public async Task A_csv_file_with_a_malformed_row_is_named(string row)
    {
        _folder.Write("a.csv", DuckDbFolder.Rows(Good));
        _folder.WriteText("b.csv", $"at,video_id,owner_id,watched\n2024-07-01 03:00:00,v1,ann,1\n{row}\n");
        using var source = DuckDbFolder.Source(f => f.Csv(_folder.Root));

        await RefusedAsync(source, $"*file {_folder["b.csv"]} is no CSV with a header and the delimiter ','*Correct the file*");
    }

    [Fact]
    public async Task A_malformed_row_after_those_by_which_the_format_is_detected_is_named()
    {
        _folder.WriteText("a.csv", "at,video_id,owner_id,watched\n"
            + string.Concat(Enumerable.Repeat("2024-07-01 03:00:00,v1,ann,1\n", 300_000)) + "2024-07-01 03:00:00,v1,ann,1,2\n");
        using var source = DuckDbFolder.Source(f => f.Csv(_folder.Root));

        await RefusedAsync(source, $"**CSV Error on Line: 300002*(file = {_folder["a.csv"]})*Restore the file*");
    }

    [Fact]
    public async Task A_truncated_file_is_an_error_with_a_remedy()
    {
        _folder.Write("a.parquet", DuckDbFolder.Rows(Good));
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder.Root));
        await DuckDbFolder.SumAsync(source, Monday);
        var bytes = await File.ReadAllBytesAsync(_folder["a.parquet"]);
        await File.WriteAllBytesAsync(_folder["a.parquet"], bytes[..(bytes.Length / 2)]);

        (await FluentActions.Awaiting(() => source.ValidateAsync(default)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage($"*'plays' can't be read from parquet:*{_folder["a.parquet"]}*"
                + "Restore the file, or replace it with a complete one*");
    }

    [Fact]
    public async Task A_collation_by_which_different_ids_are_equal_is_refused()
    {
        var file = _folder["plays.duckdb"];
        DuckDbFolder.Execute($"ATTACH '{file}' AS d; CREATE TABLE d.plays(\"at\" TIMESTAMP, video_id VARCHAR, owner_id VARCHAR COLLATE "
            + $"NOCASE);"
            + "INSERT INTO d.plays VALUES (TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann')");
        using var source = DuckDbFolder.Source(f => f.Database(file), t => t.Table("plays").Counts("video.view"));

        await RefusedAsync(source, "owner_id of plays has the collation NOCASE, by which different ids are equal*COLLATE \"binary\"*");

        // The remedy works.
        DuckDbFolder.Execute($"ATTACH '{file}' AS d; USE d; INSERT INTO plays SELECT \"at\", video_id, 'Ann' FROM plays; "
            + "CREATE VIEW exact AS SELECT \"at\", video_id, owner_id COLLATE \"binary\" AS owner_id FROM plays");
        using var exact = DuckDbFolder.Source(f => f.Database(file), t => t.Table("exact").Counts("video.view"));
        (await DuckDbFolder.SumAsync(exact, Monday)).Should().Equal("video.view v1 Ann 1 1", "video.view v1 ann 1 1");
    }

    [Fact]
    public async Task A_query_that_needs_more_memory_names_the_options()
    {
        _folder.Write("a.parquet", "SELECT TIMESTAMP '2024-07-01 03:00:00' AS \"at\", 'video ' || i || repeat('x', 20) AS video_id, "
            + "'owner ' || i AS owner_id, i AS watched FROM range(2000000) t(i)");
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder.Root), options: Small());

        (await FluentActions.Awaiting(() => DuckDbFolder.SumAsync(source, Monday)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage("Source 'plays': the query needs more memory than MemoryLimitMiB = 128 with Threads = 1, ItemParts = 1 and "
                + "TempFolder = null*"
                + "Raise MemoryLimitMiB, lower Threads, raise ItemParts, or set TempFolder*");

        // The remedies work.
        using var divided = DuckDbFolder.Source(f => f.Parquet(_folder.Root), options: Small(itemParts: 8));
        var day = DuckDbFolder.Day(divided, Monday);
        var slice = (await divided.SliceAsync(day, 1, default))[3];
        (await divided.SumAsync(day, slice, new SumAccumulator(), default)).Should().BeInRange(200_000, 300_000);
        var temp = Directory.CreateDirectory(_folder["spill"]).FullName;
        using var spilled = DuckDbFolder.Source(f => f.Parquet(_folder.Root), options: Small(temp: temp));
        (await spilled.SumAsync(day, null, new SumAccumulator(), default)).Should().Be(2_000_000);
        Directory.EnumerateFiles(temp).Should().BeEmpty("spilled data is deleted after the query");

        static Action<DuckDbOptions> Small(int itemParts = 1, string? temp = null) =>
            o => (o.MemoryLimitMiB, o.Threads, o.ItemParts, o.TempFolder) = (128, 1, itemParts, temp);
    }

    [Fact]
    public async Task Cancellation_interrupts_a_query()
    {
        _folder.Write(
            "a.parquet", "SELECT TIMESTAMP '2024-07-01 03:00:00' AS \"at\", 'v1' AS video_id, 'ann' AS owner_id FROM range(1000)");
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder.Root), t => t
            .Where("(SELECT count(*) FROM range(100000) a, range(1000000) b WHERE a.range * b.range % 7 = watched_by) >= 0"
                .Replace("watched_by", "length(files.video_id)", StringComparison.Ordinal)).Counts("video.view"));
        var day = DuckDbFolder.Day(source, Monday);
        using var cancellation = new CancellationTokenSource();
        var sum = Task.Run(() => source.SumAsync(day, null, new SumAccumulator(), cancellation.Token));
        await Task.Delay(200);
        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => sum).Should().ThrowAsync<OperationCanceledException>();
        sum.IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task Other_files_than_the_configured_ones_can_not_be_read()
    {
        _folder.Write("plays/a.parquet", DuckDbFolder.Rows(Good));
        _folder.WriteText("secret.csv", "a\n1\n");
        using var source = DuckDbFolder.Source(
            f => f.Parquet(_folder["plays"]),
            t => t.Where($"(SELECT count(*) FROM read_csv('{_folder["secret.csv"]}')) > 0").Counts("video.view"));

        (await FluentActions.Awaiting(() => DuckDbFolder.SumAsync(source, Monday)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage("*Cannot access file*secret.csv*");
    }

    private static async Task RefusedAsync(DuckDbSource source, string error) =>
        (await FluentActions.Awaiting(() => source.ValidateAsync(default)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage((error.StartsWith("**", StringComparison.Ordinal) ? "*" : "Source 'plays': ")
                + (error.StartsWith("no ", StringComparison.Ordinal) || error[0] == '*' ? "" : "column ") + error);

    public void Dispose() => _folder.Dispose();
}
