namespace Settlements.MySql.Tests.Loading;

/// <summary>Interrupted and repeated loads store every row once.</summary>
public sealed class TableLoadRestartTests(SharedServer shared)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_interrupted_load_is_resumed_with_each_row_once(int writers)
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server, "id BIGINT, title VARCHAR(20), n INT NULL");
        TableLoadOptions Options(int chunkRows) => new() { Key = "a", ChunkRows = chunkRows, Writers = writers };

        for (var fails = 1_000; fails < 10_000; fails += 2_900)
        {
            var progress = new DecidedRows();
            var load = () => table.Loader.LoadAsync(FailAfter(Row.Many(10_000), fails, 300, progress), Row.Map, Options(300), progress);
            await load.Should().ThrowAsync<IOException>();
        }

        var report = await table.Loader.LoadAsync(Row.Many(10_000).ToAsyncEnumerable(), Row.Map, Options(700));
        var again = await table.Loader.LoadAsync(Row.Many(10_000).ToAsyncEnumerable(), Row.Map, Options(50));
        var more = await table.Loader.LoadAsync(Row.Many(10_100).ToAsyncEnumerable(), Row.Map, Options(50));

        report.Resumed.Should().BeGreaterThan(2_000);
        (report.Sent, report.Resumed + report.Stored).Should().Be((10_000, 10_000));
        (again.Resumed, again.Stored).Should().Be((10_000, 0));
        (more.Resumed, more.Stored).Should().Be((10_000, 100));
        (await table.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).Should().Equal("10100|10100");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Rejected_rows_are_counted_and_limited_across_all_starts_of_a_load(int writers)
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        TableLoadOptions Options(int rejectsMax) => new() { Key = "a", ChunkRows = 100, Writers = writers, RejectsMax = rejectsMax };
        static IEnumerable<Row> Rows() => Row.Many(1_000).Select(r => r.Id is 50 or 51 or 800 ? r with { Title = null } : r);

        var first = new DecidedRows();
        await table.Loader.Invoking(l => l.LoadAsync(FailAfter(Rows(), 500, 100, first), Row.Map, Options(2), first)).Should()
            .ThrowAsync<IOException>();
        var third = () => table.Loader.LoadAsync(Rows().ToAsyncEnumerable(), Row.Map, Options(2));
        var fewer = () => table.Loader.LoadAsync(Rows().ToAsyncEnumerable(), Row.Map, Options(1));
        (await third.Should().ThrowAsync<RowRejectedException>()).WithMessage("Row 800*3 rows were rejected, more than the limit of 2*");
        (await fewer.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*'a' has rejected 2 rows*RejectsMax, 1,*");
        var report = await table.Loader.LoadAsync(Rows().ToAsyncEnumerable(), Row.Map, Options(3));
        var again = await table.Loader.LoadAsync(Rows().ToAsyncEnumerable(), Row.Map, Options(3));

        (report.Sent, report.Rejected, report.Stored + report.Resumed).Should().Be((1_000, 3, 997));
        (again.Sent, again.Rejected, again.Resumed).Should().Be((1_000, 3, 997));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_restarted_load_reports_the_rejected_rows_of_all_its_starts(int writers)
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        static IEnumerable<Row> Rows() => Row.Many(600).Select(r => r.Id switch
        {
            50 => r with { Title = null },
            60 => r with { Id = 59 }, // detected only by the server
            550 => r with { Title = null },
            _ => r,
        });
        var all = new List<RejectedRow>();
        TableLoadOptions Options() => new()
        {
            Key = "a", ChunkRows = 100, Writers = writers, RejectsMax = 3,
            OnRejected = (row, _) =>
            {
                all.Add(row);
                return ValueTask.CompletedTask;
            },
        };
        var progress = new DecidedRows();
        await table.Loader.Invoking(l => l.LoadAsync(FailAfter(Rows(), 500, 100, progress), Row.Map, Options(), progress)).Should()
            .ThrowAsync<IOException>();
        var first = all.OrderBy(r => r.RowNumber).ToList();

        // As another instance would, with the database only.
        await using var other = new TableLoader(table.ConnectionString);
        all.Clear();
        var report = await other.LoadAsync(Rows().ToAsyncEnumerable(), Row.Map, Options());
        var second = all.OrderBy(r => r.RowNumber).ToList();
        all.Clear();
        await other.LoadAsync(Rows().ToAsyncEnumerable(), Row.Map, Options());

        first.Select(r => (r.RowNumber, r.Column)).Should().Equal((50, "title"), (60, null));
        second.Select(r => r.RowNumber).Should().Equal(50, 60, 550);
        second.Take(2).Should().BeEquivalentTo(
            first, o => o.WithStrictOrdering(), "number, column, reason and text are those of the first start");
        all.OrderBy(r => r.RowNumber).Should().BeEquivalentTo(second, o => o.WithStrictOrdering());
        report.Rejected.Should().Be(3);
    }

    [Fact]
    public async Task A_restarted_file_load_reports_the_lines_of_previously_rejected_rows()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        const string Text = "id,title,n\n1,\"two\nlines\",1\nx,a,1\n3,b,1\n4,c,1\ny,d,1\n6,e,1\n";
        var reported = new List<RejectedRow>();
        Task<TableLoadReport> LoadAsync(int rejectsMax) => table.Loader.LoadCsvAsync(
            new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Text)), "t", new TableLoadOptions
            {
                Key = "file", ChunkRows = 2, RejectsMax = rejectsMax,
                OnRejected = (row, _) =>
                {
                    reported.Add(row);
                    return ValueTask.CompletedTask;
                },
            });
        await FluentActions.Invoking(() => LoadAsync(1)).Should().ThrowAsync<RowRejectedException>();
        reported.Clear();

        var report = await LoadAsync(2);

        reported.Select(r => (r.RowNumber, r.LineNumber, r.Column)).Should().Equal((3, 4L, "id"), (6, 7L, "id"));
        reported[0].Raw.Should().Be("x,a,1");
        (report.Rejected, await table.CountAsync()).Should().Be((2, 4));
    }

    [Fact]
    public async Task An_interrupted_file_load_with_thousands_of_malformed_rows_is_resumed_and_reports_them_again()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        const int Malformed = 2_500;
        byte[] malformed = [.. "x,"u8, 0xFF, .. ",1\n"u8];
        byte[] file =
        [
            .. "id,title,n\n0,first,1\n"u8, .. Enumerable.Repeat(malformed, Malformed).SelectMany(row => row), .. "9,last,1\nx\n"u8,
        ];
        var reported = new List<RejectedRow>();
        Task<TableLoadReport> LoadAsync(int rejectsMax) => table.Loader.LoadCsvAsync(
            new MemoryStream(file), "t", new TableLoadOptions
            {
                Key = "file", ChunkRows = 2_000, RejectsMax = rejectsMax,
                OnRejected = (row, _) =>
                {
                    reported.Add(row);
                    return ValueTask.CompletedTask;
                },
            });

        // The chunk of the last malformed row exceeds the limit; those before it are committed, each of at most 1,000 malformed rows.
        var stopped = (await FluentActions.Invoking(() => LoadAsync(Malformed)).Should().ThrowAsync<RowRejectedException>()).Which;
        var before = reported.ToList();
        reported.Clear();
        var report = await LoadAsync(Malformed + 1);

        (stopped.RowNumber, stopped.RejectedInChunk.Count).Should().Be((Malformed + 4L, 501));
        before.Should().HaveCount(2_000);
        (report.Sent, report.Resumed, report.Stored, report.Rejected).Should().Be((Malformed + 3, 1, 1, Malformed + 1));
        reported.Select(row => row.RowNumber).Should().Equal(
            [.. Enumerable.Range(3, Malformed).Select(number => (long)number), Malformed + 4]);
        reported.Take(2_000).Should().BeEquivalentTo(before, o => o.WithStrictOrdering());
        (await table.RowsAsync("SELECT id FROM t ORDER BY id")).Should().Equal("0", "9");
    }

    [Fact]
    public async Task A_different_source_with_the_same_key_is_refused()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        var options = new TableLoadOptions { Key = "a", ChunkRows = 100 };
        await table.Loader.LoadAsync(Row.Many(1_000).ToAsyncEnumerable(), Row.Map, options);

        var other = () => table.Loader.LoadAsync(Row.Many(1_000)
            .Select(r => r.Id == 250 ? r with { Title = "other" } : r).ToAsyncEnumerable(), Row.Map, options);
        var shorter = () => table.Loader.LoadAsync(Row.Many(950).ToAsyncEnumerable(), Row.Map, options);

        (await other.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*'a'*rows 201 to 300*another Key*");
        (await shorter.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*'a'*rows 901 to 1000*");
        (await table.CountAsync()).Should().Be(1_000);
    }

    [Fact]
    public async Task A_partition_is_filled_atomically_with_its_indexes_also_by_an_interrupted_load()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server, """
            CREATE TABLE t (id BIGINT NOT NULL, title VARCHAR(20) NOT NULL, n INT NULL,
                PRIMARY KEY (id), KEY by_title (title), KEY by_n (n, title))
            PARTITION BY RANGE (id) (PARTITION p1 VALUES LESS THAN (1), PARTITION p2 VALUES LESS THAN (100000), PARTITION p3
                VALUES LESS THAN MAXVALUE)
            """);
        var options = new TableLoadOptions { Key = "a", Partition = "p2", ChunkRows = 500 };

        var first = new DecidedRows();
        await table.Loader.Invoking(l => l.LoadAsync(FailAfter(Row.Many(5_000), 2_000, 500, first), Row.Map, options, first)).Should()
            .ThrowAsync<IOException>();
        (await table.CountAsync()).Should().Be(0, "the load becomes visible as a whole");
        var report = await table.Loader.LoadAsync(Row.Many(5_000).ToAsyncEnumerable(), Row.Map, options);
        var again = await table.Loader.LoadAsync(Row.Many(5_000).ToAsyncEnumerable(), Row.Map, options);

        (report.Resumed, report.Stored, again.Resumed).Should().Be((2_000 - 2_000 % 500, 5_000 - (2_000 - 2_000 % 500), 5_000));
        (await table.CountAsync("t PARTITION (p2)")).Should().Be(5_000);
        (await table.RowsAsync(
            "SELECT count(DISTINCT index_name) FROM information_schema.statistics WHERE table_schema = database() AND table_name = 't'"))
                .Should().Equal("3");
        (await table.RowsAsync("SELECT count(*) FROM information_schema.tables WHERE table_schema = database() AND table_name LIKE 't%'"))
            .Should().Equal("1");
        var elsewhere = () =>
            table.Loader.LoadAsync(Row.Many(5_000).ToAsyncEnumerable(), Row.Map, new TableLoadOptions { Key = "c", Partition = "p3" });
        var other = new DecidedRows();
        var cutOff = FailAfter(Row.Many(5_000, 100_000), 1_000, 100, other);
        await table.Loader.Invoking(l =>
            l.LoadAsync(cutOff, Row.Map, new TableLoadOptions { Key = "d", Partition = "p3", ChunkRows = 100 }, other))
            .Should().ThrowAsync<IOException>();
        await table.Loader.LoadAsync(
            Row.Many(200, 100_000).ToAsyncEnumerable(), Row.Map, new TableLoadOptions { Key = "e", Partition = "p3" });
        (await table.CountAsync("t PARTITION (p3)")).Should().Be(200, "rows of another, interrupted load are discarded");
        await elsewhere.Should().ThrowAsync<InvalidOperationException>();
        var full = () => table.Loader.LoadAsync(
            Row.Many(10).ToAsyncEnumerable(), Row.Map, new TableLoadOptions { Key = "b", Partition = "p2" });
        (await full.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*p2*must be empty*TRUNCATE PARTITION*");
    }

    /// <summary>Fails after a number of rows, once their complete chunks are stored.</summary>
    private static async IAsyncEnumerable<Row> FailAfter(IEnumerable<Row> rows, int after, int chunkRows, DecidedRows progress)
    {
        foreach (var row in rows.Take(after))
            yield return row;
        await progress.ReachAsync(after - after % chunkRows);
        throw new IOException("The source was lost.");
    }
}
