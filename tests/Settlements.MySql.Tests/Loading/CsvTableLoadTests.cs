using System.Security.Cryptography;
using System.Text;

namespace Settlements.MySql.Tests.Loading;

/// <summary>CSV files: no row is skipped, and a rejected row is reported with its line.</summary>
public sealed class CsvTableLoadTests(SharedServer shared)
{
    [Fact]
    public async Task Rows_and_headers_that_start_with_a_number_sign_are_not_comments()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server, "tag VARCHAR(20), n INT, `#tag` VARCHAR(20)");

        var report = await table.Loader.LoadCsvAsync(Utf8("tag,n\na,1\n#1001,2\n\"#\"\"x\",3\nz,4\n"), "t");
        var headed = await table.Loader.LoadCsvAsync(Utf8("#tag,n\n#b,5\n#c,6\n"), "t");

        (report.Sent, report.Stored, headed.Stored).Should().Be((4, 4, 2));
        (await table.RowsAsync("SELECT coalesce(tag, `#tag`), n FROM t ORDER BY n"))
            .Should().Equal("a|1", "#1001|2", "#\"x|3", "z|4", "#b|5", "#c|6");
    }

    [Fact]
    public async Task Blank_lines_and_rows_that_start_with_NUL_are_rows()
    {
        await using var table = await TableUnderLoad.CreateAsync(shared.Server, "tag VARCHAR(20) NOT NULL");

        var report = await table.Loader.LoadCsvAsync(Utf8("tag\na\n\n\0b\n\"\"\n"), "t");

        report.Stored.Should().Be(4);
        (await table.RowsAsync("SELECT hex(tag) FROM t")).Should().BeEquivalentTo("61", "", "0062", "");
    }

    [Fact]
    public async Task A_rejected_row_is_reported_with_its_number_and_its_line()
    {
        await using var table = await TableUnderLoad.CreateAsync(
            shared.Server, "id BIGINT PRIMARY KEY, title VARCHAR(20) NOT NULL, n INT NULL CHECK (n <> 13)");
        const string Csv = "id,title,\"n\"\r\n1,\"two\r\nlines\",1\r\n2,a,x\r\n3,\"three\n\nlines\",13\r\n4\r\n1,again,1\r\n";
        var rejected = new List<RejectedRow>();
        var options = new TableLoadOptions
        {
            RejectsMax = 9, OnRejected = (row, _) =>
            { rejected.Add(row); return ValueTask.CompletedTask; }
        };

        await table.Loader.LoadCsvAsync(Utf8(Csv), "t", options);
        var stopped = () => table.Loader.LoadCsvAsync(Utf8(Csv), "t", new TableLoadOptions { OnConflict = OnConflict.Skip });

        rejected.Select(r => (r.RowNumber, r.LineNumber)).Should().Equal((3, 4L), (4, 5L), (5, 8L), (6, 9L));
        var error = (await stopped.Should().ThrowAsync<RowRejectedException>()).WithMessage("Row 3 (line 4), column 'n': *").Which;
        (error.RowNumber, error.LineNumber).Should().Be((3, 4L));
    }

    [Fact]
    public async Task A_row_longer_than_the_buffer_is_loaded_completely()
    {
        await using var table = await TableUnderLoad.CreateAsync(
            shared.Server, "id BIGINT PRIMARY KEY, body LONGTEXT CHARACTER SET utf8mb4 NOT NULL");
        var texts = new[] { new string('x', 3_000_000), string.Concat(Enumerable.Repeat("a\"\r\n한", 500_000)), "short" };
        var rows = texts.Select((text, i) => $"{i},\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");

        await table.Loader.LoadCsvAsync(Utf8("id,body\n" + string.Concat(rows)), "t");

        (await table.RowsAsync("SELECT sha2(body, 256) FROM t ORDER BY id")).Should().Equal(
            texts.Select(text => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))));
    }

    private static MemoryStream Utf8(string text) => new(Encoding.UTF8.GetBytes(text));
}
