namespace Settlements.DuckDb.Tests;

/// <summary>Tests of the formats of files and the types of columns.</summary>
public sealed class FormatTests : IDisposable
{
    private static readonly DateOnly Monday = new(2024, 7, 1);

    private readonly DuckDbFolder _folder = new();

    [Theory]
    [InlineData("parquet")]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public async Task Rows_are_summed_by_item_and_payee_with_ids_to_the_byte(string format)
    {
        _folder.Write($"a.{format}", DuckDbFolder.Rows(
            "TIMESTAMP '2024-06-30 14:59:59.999999', '007', 'ann', 1", "TIMESTAMP '2024-06-30 15:00:00', '007', 'ann', 2",
            "TIMESTAMP '2024-07-01 14:59:59.999999', '007', 'ann', 3", "TIMESTAMP '2024-07-01 15:00:00', '007', 'ann', 4",
            "TIMESTAMP '2024-07-01 03:00:00', '7', 'Ann', 0", "TIMESTAMP '2024-07-01 03:00:00', 'é, \"x\"''', ' b ', -5",
            "TIMESTAMP '2024-07-01 03:00:00', '🎬', 'é', 9"));
        using var source = DuckDbFolder.Source(f => Add(f, format, _folder[$"a.{format}"]));

        (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal(
            "video.seconds 007 ann 5 2", "video.seconds é, \"x\"'  b  -5 1", "video.seconds 🎬 é 9 1",
            "video.view 007 ann 2 2", "video.view 7 Ann 1 1", "video.view é, \"x\"'  b  1 1", "video.view 🎬 é 1 1");
        (await source.FindFirstInstantAsync(null, default)).Should()
            .Be(new DateTimeOffset(2024, 6, 30, 14, 59, 59, TimeSpan.Zero).AddTicks(9_999_990));
        (await source.IdentifyAsync(default)).Should().Be($"{format}:{_folder[$"a.{format}"]}");
    }

    [Fact]
    public async Task Folders_and_patterns_are_read_with_all_their_files()
    {
        _folder.Write("plays/a.parquet", DuckDbFolder.Rows("TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 1"));
        _folder.Write("plays/more/b.parquet", DuckDbFolder.Rows("TIMESTAMP '2024-07-01 04:00:00', 'v1', 'ann', 2"));
        _folder.Write("other/c.parquet", DuckDbFolder.Rows("TIMESTAMP '2024-07-01 04:00:00', 'v1', 'ann', 4"));
        foreach (var (path, sum) in new[] { ("plays", 3), ("plays/*.parquet", 1), ("plays/**/*.parquet", 3), ("*/?.parquet", 5) })
        {
            using var source = DuckDbFolder.Source(f => f.Parquet(_folder[path]), t => t.Sums("video.seconds", "watched"));
            (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal([$"video.seconds v1 ann {sum} {(sum == 1 ? 1 : 2)}"], path);
        }

        using var two = DuckDbFolder.Source(
            f => f.Parquet(_folder["plays/*.parquet"]).Parquet(_folder["other/c.parquet"]), t => t.Sums("video.seconds", "watched"));
        (await DuckDbFolder.SumAsync(two, Monday)).Should().Equal("video.seconds v1 ann 5 2");
    }

    [Theory]
    [InlineData("BIGINT '7'", "7")]
    [InlineData("UBIGINT '18446744073709551615'", "18446744073709551615")]
    [InlineData("UUID '0190A5F0-0000-7000-8000-00000000ABCD'", "0190a5f0-0000-7000-8000-00000000abcd")]
    [InlineData("'h\\xC3\\xA9'::BLOB", "hé")]
    [InlineData("'x'::ENUM('x', 'y')", "x")]
    public async Task Ids_of_any_type_become_text(string sql, string id)
    {
        _folder.Write("a.parquet", DuckDbFolder.Rows($"TIMESTAMP '2024-07-01 03:00:00', {sql}, {sql}, 1"));
        using var source = DuckDbFolder.Source(f => f.Parquet(_folder["a.parquet"]), t => t.Counts("video.view"));

        (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal($"video.view {id} {id} 1 1");
    }

    [Theory]
    [InlineData("TIMESTAMPTZ '2024-07-01 00:00:00+09'", InstantFormat.Text)]
    [InlineData("TIMESTAMP_S '2024-06-30 15:00:00'", InstantFormat.Text)]
    [InlineData("TIMESTAMP_MS '2024-06-30 15:00:00'", InstantFormat.Text)]
    [InlineData("TIMESTAMP_NS '2024-06-30 15:00:00'", InstantFormat.Text)]
    [InlineData("'2024-07-01T00:00:00+09:00'", InstantFormat.Text)]
    [InlineData("'2024-06-30 15:00:00'", InstantFormat.Text)]
    [InlineData("1719759600", InstantFormat.UnixSeconds)]
    [InlineData("1719759600000", InstantFormat.UnixMilliseconds)]
    [InlineData("1719759600000000::UBIGINT", InstantFormat.UnixMicroseconds)]
    public async Task Instants_of_any_type_are_read_in_utc(string sql, InstantFormat format)
    {
        foreach (var extension in new[] { "parquet", "csv", "jsonl" })
        {
            _folder.Write($"a.{extension}", DuckDbFolder.Rows($"{sql}, 'v1', 'ann', 1"));
            using var source = DuckDbFolder.Source(
                f => Add(f, extension, _folder[$"a.{extension}"]), t => t.OccurredAt("at", format).Counts("video.view"));

            (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal(["video.view v1 ann 1 1"], extension);
            (await DuckDbFolder.SumAsync(source, Monday.AddDays(-1))).Should().BeEmpty(extension);
            (await source.FindFirstInstantAsync(null, default)).Should()
                .Be(new DateTimeOffset(2024, 6, 30, 15, 0, 0, TimeSpan.Zero), extension);
        }
    }

    [Theory]
    [InlineData("parquet", "9223372036854775807")]
    [InlineData("parquet", "18446744073709551615::UBIGINT")]
    [InlineData("parquet", "9223372036854775807::DECIMAL(38,0)")]
    [InlineData("csv", "9223372036854775807")]
    [InlineData("jsonl", "9223372036854775807")]
    public async Task Sums_beyond_64_bits_are_exact(string format, string quantity)
    {
        _folder.Write($"a.{format}", DuckDbFolder.Rows(
            [.. Enumerable.Repeat($"TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', {quantity}", 3)]));
        using var source = DuckDbFolder.Source(f => Add(f, format, _folder[$"a.{format}"]), t => t.Sums("video.seconds", "watched"));

        var sum = Int128.Parse(quantity.Split(':')[0], null) * 3;
        (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal($"video.seconds v1 ann {sum} 3");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1_000_000, 1)]
    [InlineData(1, 3)]
    [InlineData(1_000_000, 7)]
    public async Task The_sums_are_the_same_for_any_size_of_slices(int rowsMax, int parts)
    {
        const string Plays = "SELECT TIMESTAMP '2024-06-30 15:00:00' + INTERVAL (i * 8640) SECOND AS \"at\", 'v' || (i % 4) AS video_id, "
            + "'p' || (i % 3) AS owner_id, i AS watched FROM range(-3, 14) t(i)";
        _folder.Write("a.parquet", Plays);
        using var whole = DuckDbFolder.Source(f => f.Parquet(_folder["a.parquet"]));
        using var source = DuckDbFolder.Source(
            f => f.Parquet(_folder["a.parquet"]), options: o => (o.SliceRowsMax, o.ItemParts) = (rowsMax, parts));

        var sums = await DuckDbFolder.SumAsync(source, Monday);

        sums.Should().NotBeEmpty().And.Equal(await DuckDbFolder.SumAsync(whole, Monday));
        var slices = await source.SliceAsync(DuckDbFolder.Day(source, Monday), 1, default);
        slices.Should().HaveCount((rowsMax == 1_000_000 ? 1 : rowsMax == 1 ? 10 : 4) * parts);
        var totals = new Stores.SumAccumulator();
        (await source.SumAsync(DuckDbFolder.Day(source, Monday), null, totals, default)).Should().Be(10);
        DuckDbFolder.Sums(totals).Should().Equal(sums);
    }

    [Theory]
    [InlineData("(0, 'v1', 'ann', 2, 5::HUGEINT, 2, 2), (1, NULL, NULL, 2, 5::HUGEINT, 2, 2)", true)]
    [InlineData("(0, 'v1', 'ann', 2, 5::HUGEINT, 2, 2), (1, NULL, NULL, 3, 5::HUGEINT, 2, 2)", false)]
    [InlineData("(0, 'v1', 'ann', 2, 5::HUGEINT, 2, 2), (1, NULL, NULL, 2, 6::HUGEINT, 2, 2)", false)]
    [InlineData("(0, 'v1', 'ann', 2, 5::HUGEINT, 2, 2), (1, NULL, NULL, 2, 5::HUGEINT, 2, 1)", false)]
    [InlineData("(0, 'v1', 'ann', 2, 5::HUGEINT, 2, 2)", false)]
    public void Groups_that_do_not_add_up_to_the_control_totals_are_detected(string rows, bool addsUp)
    {
        var files = new SourceFiles(FileFormat.Parquet, [_folder["a.parquet"]], ',', null, [], []);
        var errors = new SourceErrors("plays", files, new DuckDbOptions());
        _folder.Write("a.parquet", DuckDbFolder.Rows("TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 1"));
        using var session = DuckDbSession.Open(files, new DuckDbOptions(), errors, default);
        var table = new UsageTableBuilder("plays").OnDuckDb(f => f.Parquet(_folder["a.parquet"])).OccurredAt("at").Item("video_id")
            .Payee("owner_id").Sums("video.seconds", "watched").Build([])!;
        var relation = SourceRelation.Bind(session, table, files, files.Patterns, errors);
        var query = SumQuery.Of(
            table, relation, files.Patterns, "true", null,
                [new FileStatistics(1, 0, 0, false, new HashSet<string>(), new HashSet<string>())]);
        var groups = new GroupReader(table, query, new Stores.SumAccumulator());

        session.Read($"SELECT * FROM (VALUES {rows}) AS t", groups.Read);

        groups.AddsUp.Should().Be(addsUp);
    }

    [Fact]
    public async Task Rows_of_text_files_that_look_like_comments_or_headers_are_counted()
    {
        _folder.WriteText("a.csv", "video_id,owner_id,at,watched\n#1,ann,2024-07-01 03:00:00,1\n#1,ann,2024-07-01 03:00:00,1\n"
            + "--,//,2024-07-01 03:00:00,1\n'x,ann,2024-07-01 03:00:00,1\nNULL,nan,2024-07-01 03:00:00,1\n");
        _folder.WriteText("names.csv", "id,country\n#1,KR\n--,US\n'x,US\nNULL,US\n");
        using var source = DuckDbFolder.Source(
            f => f.Csv(_folder["a.csv"]).Csv("names", _folder["names.csv"]),
            t => t.Table("plays").Join("names", "names.id = plays.video_id").Counts("v", by: "country"));

        (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal(
            "v:KR #1 ann 2 2", "v:US 'x ann 1 1", "v:US -- // 1 1", "v:US NULL nan 1 1");
    }

    [Fact]
    public async Task A_table_and_a_view_of_a_database_are_read_and_the_database_stays_unchanged()
    {
        var file = _folder["plays.duckdb"];
        DuckDbFolder.Execute($"ATTACH '{file}' AS d; CREATE SCHEMA d.s; CREATE TABLE d.s.plays AS "
            + DuckDbFolder.Rows("TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 2", "TIMESTAMP '2024-07-01 03:00:00', 'V1', 'ann', 1")
            + "; USE d; CREATE VIEW views AS SELECT * FROM s.plays WHERE watched > 1");
        var before = await File.ReadAllBytesAsync(file);
        foreach (var (table, sums) in new (string, string[])[]
        {
            ("s.plays", ["video.view V1 ann 1 1", "video.view v1 ann 1 1"]), ("views", ["video.view v1 ann 1 1"]),
        })
        {
            using var source = DuckDbFolder.Source(f => f.Database(file), t => t.Table(table).Counts("video.view"));
            (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal(sums);
        }

        (await File.ReadAllBytesAsync(file)).Should().Equal(before);
    }

    [Fact]
    public async Task A_late_row_in_the_database_is_seen_by_the_next_reading()
    {
        var file = _folder["plays.duckdb"];
        var row = DuckDbFolder.Rows("TIMESTAMP '2024-07-01 03:00:00', 'v1', 'ann', 2");
        DuckDbFolder.Execute($"ATTACH '{file}' AS d; CREATE TABLE d.plays AS {row}");
        using var source = DuckDbFolder.Source(f => f.Database(file), t => t.Table("plays").Counts("video.view"));
        (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal("video.view v1 ann 1 1");

        DuckDbFolder.Execute($"ATTACH '{file}' AS d; INSERT INTO d.plays {row}");

        (await DuckDbFolder.SumAsync(source, Monday)).Should().Equal("video.view v1 ann 2 2");
    }

    public void Dispose() => _folder.Dispose();

    internal static void Add(DuckDbFilesBuilder files, string format, string path) => _ = format switch
    {
        "parquet" => files.Parquet(path),
        "csv" => files.Csv(path),
        _ => files.JsonLines(path),
    };
}
