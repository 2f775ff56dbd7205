using System.Data;
using System.Text;
using Settlements.TestServers;

namespace Settlements.MySql.Tests.Loading;

/// <summary>Loads into an application's table: stored values, and the reports of rejected rows.</summary>
public sealed class TableLoaderTests(SharedServer shared, ServerWithoutLocalInfile inserting)
{
    [Fact]
    public Task Load_data_stores_every_value_unchanged() => EveryValueIsUnchanged(shared.Server);

    [Fact]
    public async Task Inserts_store_every_value_unchanged() => await EveryValueIsUnchanged(await inserting.StartedAsync());

    private static async Task EveryValueIsUnchanged(MySqlServer server)
    {
        await using var table = await TableUnderLoad.CreateAsync(server, """
            id INT PRIMARY KEY, txt TEXT CHARACTER SET utf8mb4 NULL, latin VARCHAR(50) CHARACTER SET latin1 NULL, bin VARBINARY(50) NULL,
            uuid BINARY(16) NULL, uuidtext CHAR(36) NULL,
            dec1 DECIMAL(38,10) NULL, dbl DOUBLE NULL, big BIGINT UNSIGNED NULL, flag TINYINT NULL,
            at6 DATETIME(6) NULL, at0 DATETIME NULL, at3 DATETIME(3) NULL,
            d DATE NULL, tm TIME(6) NULL, bits BIT(8) NULL, js JSON NULL, e ENUM('a','b') NULL
            """);
        var id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        var at = new DateTimeOffset(2024, 7, 1, 12, 0, 0, TimeSpan.FromHours(9)).AddTicks(9_999_999);
        string[] texts = ["", "a\tb", "line\nbreak", "cr\r\n", "back\\slash", "\\N", "nul\0byte", "it's \"q\"", "😀 né ｚ", "end\\", "\t",
            "%_"];
        var rows = texts.Select((text, i) => (Id: i, Text: (string?)text)).Append((Id: 99, Text: null)).ToList();
        var map = new TableMap<(int Id, string? Text)>("t").Column("id", r => r.Id).Column("txt", r => r.Text).Column("latin", r =>
            r.Text is null ? null : "né ÿ '\\")
            .Column("bin", r => r.Text is null ? null : new byte[] { 0, 9, 10, 13, 39, 92, 255, 34 }).Column("uuid", r => r.Text is null
                ? (Guid?)null : id)
            .Column("uuidtext", r => r.Text is null
                ? (Guid?)null
                : id).Column("dec1", r => r.Text is null ? (decimal?)null : -1234567890123456789.0123456789m)
            .Column("dbl", r => r.Text is null
                ? (double?)null
                : 0.1 + 0.2).Column("big", r => r.Text is null ? (ulong?)null : ulong.MaxValue)
            .Column("flag", r => r.Text is null ? (bool?)null : true).Column("at6", r => r.Text is null ? (DateTimeOffset?)null : at)
            .Column("at0", r => r.Text is null
                ? (DateTimeOffset?)null
                : at).Column("at3", r => r.Text is null ? (DateTime?)null : at.UtcDateTime)
            .Column("d", r => r.Text is null ? (DateOnly?)null : new DateOnly(2024, 7, 1)).Column("tm", r => r.Text is null
                ? (TimeSpan?)null : new TimeSpan(0, -100, -2, -3, -4, -5))
            .Column("bits", r => r.Text is null ? (int?)null : 200)
            .Column("js", r => r.Text is null ? null : """{"a": "é😀"}""").Column("e", r => r.Text is null ? null : "b");

        var report = await table.Loader.LoadAsync(rows.ToAsyncEnumerable(), map);

        (report.Sent, report.Stored, report.Rejected).Should().Be((texts.Length + 1, texts.Length + 1, 0));
        (await table.RowsAsync("SELECT txt FROM t WHERE id < 99 ORDER BY id")).Should().Equal(texts);
        (await table.RowsAsync("SELECT DISTINCT latin, bin, uuid, uuidtext, dec1, dbl = 0.1e0 + 0.2e0, big, flag, at6, at0, at3, d, "
            + "CAST(tm AS CHAR), bits + 0, JSON_VALUE(js, '$.a'), e FROM t WHERE id < 99"))
            .Should().ContainSingle().Which.Should().Be(
                "né ÿ '\\|00090A0D275CFF22|00112233445566778899AABBCCDDEEFF|00112233-4455-6677-8899-aabbccddeeff|"
                + "-1234567890123456789.0123456789|1|"
                + "18446744073709551615|1|2024-07-01 03:00:00.999999|2024-07-01 03:00:00.000000|2024-07-01 03:00:00.999000|2024-07-01 "
                + "00:00:00.000000|"
                + "-100:02:03.004005|200|é😀|b", "no value is rounded or changed");
        (await table.RowsAsync("SELECT * FROM t WHERE id = 99"))[0].Should().Be("99" + string.Concat(Enumerable.Repeat("|NULL", 17)));
    }

    [Theory]
    [InlineData("too long for the column it goes to", null, "title")]
    [InlineData(null, null, "title")]
    public async Task An_invalid_row_is_named_by_number_column_and_reason_and_nothing_of_its_chunk_is_stored(
        string? title, int? n, string column)
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        var rows = Row.Many(10_000).Select(r => r.Id == 7_777 ? r with { Title = title is null ? null : title + title, N = n } : r);

        var load = () => table.Loader.LoadAsync(rows.ToAsyncEnumerable(), Row.Map, new TableLoadOptions { ChunkRows = 5_000 });

        var error = (await load.Should().ThrowAsync<RowRejectedException>()).Which;
        (error.RowNumber, error.Column).Should().Be((7_777, column));
        error.Reason.Should().NotBeEmpty();
        (await table.CountAsync()).Should().Be(5_000, "the previous chunk is committed");
    }

    [Fact]
    public async Task Invalid_rows_within_the_limit_are_reported_once_and_the_others_are_stored()
    {
        await using var table = await TableUnderLoad.CreateAsync(
            shared.Server, "id BIGINT PRIMARY KEY, title VARCHAR(20) NOT NULL, n INT NULL CHECK (n <> 13)");
        var rejected = new List<RejectedRow>();
        var options = new TableLoadOptions
        {
            ChunkRows = 1_000, RejectsMax = 4, OnRejected = (row, _) => { rejected.Add(row); return ValueTask.CompletedTask; },
        };
        var rows = Row.Many(3_000).Select(r => r.Id switch
        {
            13 => r with { N = 13 },
            500 => r with { Title = new string('x', 21) },
            501 => r with { Id = 1 },
            2_999 => r with { Title = "\ud800" },
            _ => r with { N = 1 },
        });

        var report = await table.Loader.LoadAsync(rows.ToAsyncEnumerable(), Row.Map, options);

        (report.Sent, report.Stored, report.Rejected).Should().Be((3_000, 2_996, 4));
        rejected.Select(r => (r.RowNumber, r.Column)).Should().Equal((13, null), (500, "title"), (501, null), (2_999, "title"));
        rejected[0].Reason.Should().Contain("CONSTRAINT");
        rejected[2].Reason.Should().Contain("Duplicate entry '1'");
        (await table.CountAsync()).Should().Be(2_996);
        options = new TableLoadOptions { RejectsMax = 2_999, OnConflict = OnConflict.Skip };
        (await table.Loader.LoadAsync(rows.ToAsyncEnumerable(), Row.Map, options)).Should()
            .Match<TableLoadReport>(r => r.Skipped == 2_997 && r.Rejected == 3);
    }

    [Theory]
    [InlineData("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'n is 13'")]
    [InlineData("SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = 'n is 13', MYSQL_ERRNO = 31000")]
    [InlineData("SIGNAL SQLSTATE '22003' SET MESSAGE_TEXT = 'n is 13'")]
    public async Task A_row_refused_by_a_trigger_is_named_with_the_triggers_message(string signal)
    {
        foreach (var server in new[] { shared.Server, await inserting.StartedAsync() })
        {
            await using var table = await TableUnderLoad.CreateAsync(server);
            await table.ExecuteAsync(
                $"CREATE TRIGGER refuse BEFORE INSERT ON t FOR EACH ROW BEGIN IF NEW.n = 13 THEN {signal}; END IF; END");
            var rows = Row.Many(300).Select(r => r with { N = r.Id is 77 or 200 ? 13 : 1 });

            var stopped = () => table.Loader.LoadAsync(rows.ToAsyncEnumerable(), Row.Map);
            (await stopped.Should().ThrowAsync<RowRejectedException>()).Which.Should()
                .Match<RowRejectedException>(e => e.RowNumber == 77 && e.Reason.Contains("n is 13"));
            var report = await table.Loader.LoadAsync(rows.ToAsyncEnumerable(), Row.Map, new TableLoadOptions { RejectsMax = 2 });

            (report.Stored, report.Rejected).Should().Be((298, 2));
        }
    }

    [Fact]
    public async Task A_row_whose_key_exists_is_rejected_skipped_or_replaces_the_existing_row()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        await table.Loader.LoadAsync(new[] { new Row(1, "old"), new Row(2, "old") }.ToAsyncEnumerable(), Row.Map);
        var again = new[] { new Row(2, "new"), new Row(3, "new"), new Row(3, "newer") };

        var fail = () => table.Loader.LoadAsync(again.ToAsyncEnumerable(), Row.Map);
        (await fail.Should().ThrowAsync<RowRejectedException>()).Which.RowNumber.Should().Be(1);
        (await table.CountAsync()).Should().Be(2);

        var skipped = await table.Loader.LoadAsync(
            again.ToAsyncEnumerable(), Row.Map, new TableLoadOptions { OnConflict = OnConflict.Skip });
        (skipped.Stored, skipped.Skipped).Should().Be((1, 2));
        (await table.RowsAsync("SELECT title FROM t ORDER BY id")).Should().Equal("old", "old", "new");

        var replaced = await table.Loader.LoadAsync(
            again.ToAsyncEnumerable(), Row.Map, new TableLoadOptions { OnConflict = OnConflict.Replace });
        replaced.Stored.Should().Be(3);
        (await table.RowsAsync("SELECT title FROM t ORDER BY id")).Should().Equal("old", "new", "newer");
    }

    [Fact]
    public async Task A_row_without_its_parent_is_rejected_also_when_conflicts_are_skipped()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server, "id BIGINT PRIMARY KEY, title VARCHAR(20), n INT NULL");
        await table.ExecuteAsync("CREATE TABLE parent (n INT PRIMARY KEY); INSERT INTO parent VALUES (1); ALTER TABLE t "
            + "ADD FOREIGN KEY (n) REFERENCES parent (n)");

        var load = () => table.Loader.LoadAsync(
            new[] { new Row(1, "a", 1), new Row(2, "b", 2) }.ToAsyncEnumerable(), Row.Map,
            new TableLoadOptions { OnConflict = OnConflict.Skip });

        (await load.Should().ThrowAsync<RowRejectedException>()).Which.Should()
            .Match<RowRejectedException>(e => e.RowNumber == 2 && e.Reason.Contains("foreign key"));
    }

    [Fact]
    public async Task A_character_missing_from_the_columns_character_set_is_rejected()
    {
        await using var table = await TableUnderLoad.CreateAsync(
            shared.Server, "id BIGINT PRIMARY KEY, title VARCHAR(20) CHARACTER SET latin1, n INT NULL");

        var load = () => table.Loader.LoadAsync(new[] { new Row(1, "é"), new Row(2, "한국") }.ToAsyncEnumerable(), Row.Map);

        (await load.Should().ThrowAsync<RowRejectedException>()).Which.RowNumber.Should().Be(2);
    }

    [Fact]
    public async Task All_errors_of_table_columns_and_options_are_reported_before_a_row_is_read()
    {
        await using var table = await TableUnderLoad.CreateAsync(
            shared.Server, "id BIGINT PRIMARY KEY, title VARCHAR(20) NOT NULL, g BIGINT AS (id + 1) STORED");
        var map = new TableMap<Row>("t").Column("id", r => r.Id).Column("ID", r => r.Id).Column("g", r => r.Id).Column("nope", r => r.Id);
        static async IAsyncEnumerable<Row> Never()
        {
            await Task.CompletedTask;
            throw new InvalidOperationException("read");
#pragma warning disable CS0162
            yield break;
#pragma warning restore CS0162
        }

        (await table.Loader.Invoking(l => l.LoadAsync(Never(), map)).Should().ThrowAsync<ArgumentException>())
            .WithMessage("*'id' is listed 2 times*g is generated*no column 'nope'*title is NOT NULL*");
        (await table.Loader.Invoking(l => l.LoadAsync(Never(), new TableMap<Row>("nowhere").Column("id", r => r.Id))).Should()
            .ThrowAsync<ArgumentException>())
            .WithMessage("*Table nowhere doesn't exist*");
        (await table.Loader.Invoking(l =>
            l.LoadAsync(Never(), map, new TableLoadOptions { ChunkRows = 0, Writers = 17, RejectsMax = -1, Partition = "p" }))
            .Should().ThrowAsync<ArgumentException>()).WithMessage("*ChunkRows is 0*Writers is 17*RejectsMax is -1*Key*");
    }

    [Fact]
    public async Task A_reader_of_another_database_is_loaded_by_column_names()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        using var data = new DataTable();
        data.Columns.Add("title", typeof(string));
        data.Columns.Add("id", typeof(long));
        data.Rows.Add("one", 1L);
        data.Rows.Add("two", 2L);
        await using var reader = data.CreateDataReader();

        (await table.Loader.LoadReaderAsync(reader, "t")).Stored.Should().Be(2);

        (await table.RowsAsync("SELECT id, title, n FROM t ORDER BY id")).Should().Equal("1|one|NULL", "2|two|NULL");
    }

    [Fact]
    public async Task A_csv_file_is_loaded_by_its_header()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        const string Csv = "\ufeffid,title,n\r\n1,\"a \"\"b\"\", c\",5\r\n2,\"two\r\nlines\",\r\n3,,7\r\n";

        (await table.Loader.LoadCsvAsync(new MemoryStream(Encoding.UTF8.GetBytes(Csv)), "t")).Stored.Should().Be(3);

        (await table.RowsAsync("SELECT id, title, n FROM t ORDER BY id")).Should().Equal("1|a \"b\", c|5", "2|two\r\nlines|NULL", "3||7");
        var bad = () => table.Loader.LoadCsvAsync(new MemoryStream("id,title,n\n4,x,abc\n"u8.ToArray()), "t");
        (await bad.Should().ThrowAsync<RowRejectedException>()).Which.Should()
            .Match<RowRejectedException>(e => e.RowNumber == 2 && e.Column == "n", "the header is row 1");
        var few = () => table.Loader.LoadCsvAsync(new MemoryStream("id,title,n\n4,x,1\n5,x\n"u8.ToArray()), "t");
        (await few.Should().ThrowAsync<RowRejectedException>()).Which.Should()
            .Match<RowRejectedException>(e => e.RowNumber == 3 && e.Reason.Contains("2 columns instead of 3"));
        var wrong = () => table.Loader.LoadCsvAsync(new MemoryStream([.. "id,title,n\n4,"u8, 0xFF, .. ",1\n"u8]), "t");
        (await wrong.Should().ThrowAsync<RowRejectedException>()).WithMessage("Row 2 (line 2), column 'title': *UTF-8*");
    }

    [Fact]
    public async Task No_value_is_rounded_and_an_id_of_0_is_stored_as_0()
    {
        await using var table = await TableUnderLoad.CreateAsync(
            shared.Server, "id BIGINT AUTO_INCREMENT PRIMARY KEY, n INT NULL, at DATETIME NULL");
        await table.Loader.LoadCsvAsync(new MemoryStream("id,n,at\n0,7,2024-07-01 23:59:59.9\n1,8,\n"u8.ToArray()), "t");
        (await table.RowsAsync("SELECT id, n, at FROM t ORDER BY id")).Should().Equal("0|7|2024-07-01 23:59:59.000000", "1|8|NULL");

        var fraction = () => table.Loader.LoadCsvAsync(new MemoryStream("id,n\n2,10.50\n"u8.ToArray()), "t");
        (await fraction.Should().ThrowAsync<RowRejectedException>()).Which.Should()
            .Match<RowRejectedException>(e => e.Column == "n" && e.Reason.Contains("10.50"));
        var map = new TableMap<decimal>("t").Column("n", d => d);
        await table.Loader.Invoking(l => l.LoadAsync(new[] { 2.5m }.ToAsyncEnumerable(), map)).Should().ThrowAsync<RowRejectedException>();
    }

    [Fact]
    public async Task A_chunk_is_not_stored_if_reporting_a_rejected_row_fails()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server);
        var options = new TableLoadOptions { Key = "a", RejectsMax = 9, OnRejected = (_, _) => throw new IOException("The disk is full.") };
        var rows = new[] { new Row(1, "a"), new Row(2, null) };

        await table.Loader.Invoking(l => l.LoadAsync(rows.ToAsyncEnumerable(), Row.Map, options)).Should().ThrowAsync<IOException>();

        (await table.CountAsync()).Should().Be(0);
        var reported = new List<RejectedRow>();
        options = new TableLoadOptions
        {
            Key = "a", RejectsMax = 9, OnRejected = (row, _) =>
            { reported.Add(row); return ValueTask.CompletedTask; }
        };
        (await table.Loader.LoadAsync(rows.ToAsyncEnumerable(), Row.Map, options)).Rejected.Should().Be(1);
        reported.Should().ContainSingle();
    }

    [Fact]
    public async Task A_table_that_can_not_roll_back_is_refused()
    {
        await using var table = await TableUnderLoad.CreateAsync(
            shared.Server, "CREATE TABLE t (id BIGINT PRIMARY KEY, title VARCHAR(20), n INT) ENGINE = MyISAM");

        (await table.Loader.Invoking(l => l.LoadAsync(Row.Many(1).ToAsyncEnumerable(), Row.Map)).Should().ThrowAsync<ArgumentException>())
            .WithMessage("*MyISAM*ENGINE = InnoDB*");
    }
}
