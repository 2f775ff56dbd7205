using System.Text;

namespace Settlements.Tests.Loading;

/// <summary>
/// Tests of malformed rows of every kind: row number, column and reason are reported, and the next row is read.
/// </summary>
public sealed class CsvRejectionTests
{
    private const string Id = "00000001-0000-0000-0000-000000000000";
    private const string Rest = ",2024-07-01T00:00:00Z,video.view,v1,payee1,1";
    private const string WriteAnId = "Use 32 hexadecimal digits with hyphens, for example 0189f7ea-ae2c-7f6a-8b1c-2d3e4f5a6b7c.";
    private const string Columns = "event_id,occurred_at,meter,item_id,payee_id,quantity";
    private const string StrayQuote =
        "The text contains a quote and is not quoted. Quote the complete text and double its quotes, for example \"a \"\"b\"\" c\".";
    private const string AfterQuote = "There is text after the closing quote. Double a quote that belongs to the text.";
    private const string StrayReturn =
        "There is a carriage return outside of quotes. End rows with LF or CRLF, and quote a text that contains one.";
    private const string NotClosed = "A quote is not closed before the end of the file. Close it, or write the row without quotes.";
    private const string EmptyText = "The text is empty. Use 1 to 64 characters.";

    private const string AllColumns = Columns + ",reason,reference";

    [Theory]
    [InlineData("", null, "The row is empty. Remove it, or write 8 columns: " + AllColumns + ".")]
    [InlineData(Id + Rest, null, "The row has 6 columns instead of 8: " + AllColumns + ". Quote a text that contains a comma.")]
    [InlineData(Id + Rest + ",a,b,c", null, "The row has 9 columns instead of 8: " + AllColumns + ". Quote a text that contains a comma.")]
    [InlineData(Id + Rest + ",a\"b,c", "reason", StrayQuote)]
    [InlineData(Id + Rest + ",a,\"b\"c", "reference", AfterQuote)]
    [InlineData(Id + Rest + ",256,", "reason",
        "The text has 257 characters (Unicode code points), more than the limit of 256. Shorten it.")]
    [InlineData(
        Id + Rest + ",,64", "reference", "The text has 65 characters (Unicode code points), more than the limit of 64. Shorten it.")]
    public async Task A_malformed_row_is_also_named_in_files_with_the_optional_columns(string row, string? column, string reason)
    {
        row = row.With(",256,", $",{new string('é', 257)},").With(",,64", $",,{new string('é', 65)}");
        var text = Csv.Rows(Csv.Row(2) + ",why,T-1", row, Csv.Row(3) + ",,").With(Csv.Header, AllColumns);

        var (events, rejected) = await Csv.ReadAsync(text);

        rejected.Should().BeEquivalentTo([new RejectedRow(3, column, reason, row) { LineNumber = 3 }], o => o.WithStrictOrdering());
        events.Should().Equal(Csv.Event(2) with { Reason = "why", Reference = "T-1" }, Csv.Event(3));
    }

    [Fact]
    public async Task Quoted_and_longest_reasons_and_references_are_read_completely()
    {
        var (reason, reference) = (string.Concat(Enumerable.Repeat("\U0001F600", 256)), string.Concat(Enumerable.Repeat("\U0001F600", 64)));
        var text = Csv.Rows(Csv.Row(2) + $",{reason},{reference}", Csv.Row(3) + ",\"a, \"\"b\"\"\n\",\"\"").With(Csv.Header, AllColumns);

        var (events, rejected) = await Csv.ReadAsync(text);

        rejected.Should().BeEmpty();
        events.Should().Equal(Csv.Event(2) with { Reason = reason, Reference = reference }, Csv.Event(3) with { Reason = "a, \"b\"\n" });
    }

    [Theory]
    [InlineData("", null, "The row is empty. Remove it, or write 6 columns: " + Columns + ".")]
    [InlineData("x", null, "The row has 1 column instead of 6: " + Columns + ". Quote a text that contains a comma.")]
    [InlineData(Id + ",2024-07-01T00:00:00Z,video.view,v1,1", null,
        "The row has 5 columns instead of 6: " + Columns + ". Quote a text that contains a comma.")]
    [InlineData(Id + ",2024-07-01T00:00:00Z,video.view,v,1,payee1,1", null,
        "The row has 7 columns instead of 6: " + Columns + ". Quote a text that contains a comma.")]
    [InlineData(Id + Rest + ",", null, "The row has 7 columns instead of 6: " + Columns + ". Quote a text that contains a comma.")]
    [InlineData(",,,,,", "event_id", "The event id is empty. " + WriteAnId)]
    [InlineData("00000001000000000000000000000000" + Rest, "event_id",
        "'00000001000000000000000000000000' is not a UUID of 36 characters. " + WriteAnId)]
    [InlineData("{" + Id + "}" + Rest, "event_id",
        "'{" + Id + "}' is not a UUID of 36 characters. " + WriteAnId)]
    [InlineData("0000000g-0000-0000-0000-000000000000" + Rest, "event_id",
        "'0000000g-0000-0000-0000-000000000000' is not a UUID: character 8 is not a hexadecimal digit. " + WriteAnId)]
    [InlineData("00000001-00000-000-0000-000000000000" + Rest, "event_id",
        "'00000001-00000-000-0000-000000000000' is not a UUID: character 14 is not a hyphen. " + WriteAnId)]
    [InlineData("0x000001-0000-0000-0000-000000000000" + Rest, "event_id",
        "'0x000001-0000-0000-0000-000000000000' is not a UUID: character 2 is not a hexadecimal digit. " + WriteAnId)]
    [InlineData(Id + ",2024-07-01T00:00:00,video.view,v1,payee1,1", "occurred_at",
        "'2024-07-01T00:00:00' has no offset. Add Z for UTC, or an offset such as +09:00.")]
    [InlineData(Id + ",2024-07-01T00:00:00Z,,v1,payee1,1", "meter", EmptyText)]
    [InlineData(Id + ",2024-07-01T00:00:00Z,video.view,\"\",payee1,1", "item_id", EmptyText)]
    [InlineData(Id + ",2024-07-01T00:00:00Z,video.view,v1,,1", "payee_id", EmptyText)]
    [InlineData(Id + ",2024-07-01T00:00:00Z,video.view,v1,payee1,x", "quantity",
        "'x' is not an integer. Use digits only, for example 12.")]
    [InlineData(Id + ",2024-07-01T00:00:00Z,video.view,v\"1\",payee1,1", "item_id", StrayQuote)]
    [InlineData(Id + ",2024-07-01T00:00:00Z,video.view,v1\",payee1,1", "item_id", StrayQuote)]
    [InlineData(Id + ",2024-07-01T00:00:00Z,video.view, \"v1\",payee1,1", "item_id", StrayQuote)]
    [InlineData(Id + ",2024-07-01T00:00:00Z,\"video\".view,v1,payee1,1", "meter", AfterQuote)]
    [InlineData(Id + ",2024-07-01T00:00:00Z,\"video.view\" ,v1,payee1,1", "meter", AfterQuote)]
    [InlineData(Id + ",2024-07-01T00:00:00Z,\"a\"b\"c,v1,payee1,1", "meter", AfterQuote)]
    [InlineData(Id + ",2024-07-01T00:00:00Z,video\rview,v1,payee1,1", "meter", StrayReturn)]
    [InlineData(Id + Rest + "\r\r", "quantity", StrayReturn)]
    public async Task A_malformed_row_is_named_with_number_column_and_reason_and_the_next_is_read(string row, string? column, string reason)
    {
        var (events, rejected) = await Csv.ReadAsync(Csv.Rows(Csv.Row(2), row, Csv.Row(3)));

        var raw = row.EndsWith('\r') ? row[..^1] : row;
        rejected.Should().BeEquivalentTo([new RejectedRow(3, column, reason, raw) { LineNumber = 3 }], o => o.WithStrictOrdering());
        events.Should().Equal(Csv.Event(2), Csv.Event(3));
    }

    [Theory]
    [InlineData("\"", "event_id")]
    [InlineData(Id + ",\"2024", "occurred_at")]
    [InlineData(Id + ",2024-07-01T00:00:00Z,video.view,\"v1\"\",payee1,1\nand more\n", "item_id")]
    public async Task A_quote_that_is_never_closed_makes_the_rest_of_the_file_one_rejected_row(string row, string column)
    {
        var (events, rejected) = await Csv.ReadAsync(Csv.Rows(Csv.Row(2)) + row);

        rejected.Should().BeEquivalentTo([new RejectedRow(3, column, NotClosed, row) { LineNumber = 3 }], o => o.WithStrictOrdering());
        events.Should().Equal(Csv.Event(2));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF }, "a stray byte")]
    [InlineData(new byte[] { 0xC0, 0xAF }, "an overlong slash")]
    [InlineData(new byte[] { 0xE0, 0x80, 0xAF }, "an overlong slash of three bytes")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "a surrogate")]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 }, "past U+10FFFF")]
    [InlineData(new byte[] { 0xE2, 0x82 }, "cut")]
    public async Task Bytes_that_are_not_UTF_8_reject_only_their_row_in_any_column(byte[] bytes, string because)
    {
        var names = Csv.Header.Split(',');
        for (var column = 0; column < names.Length; column++)
        {
            foreach (var quote in new[] { "", "\"" })
            {
                var fields = Csv.Row(2).Split(',');
                var before = Encoding.UTF8.GetBytes(Csv.Rows(string.Join(',', fields[..column].Append(quote + fields[column]))));
                var after = Encoding.UTF8.GetBytes(string.Join(',', fields[(column + 1)..].Prepend(quote)) + "\n" + Csv.Row(3));

                var (events, rejected) = await Csv.ReadAsync(new MemoryStream([.. before[..^1], .. bytes, .. after]));

                events.Should().Equal([Csv.Event(3)], because);
                var row = rejected.Should().ContainSingle(because).Which;
                (row.RowNumber, row.Column, row.Reason).Should().Be(
                    (2, names[column], "The text contains bytes that are not valid UTF-8. Save the file as UTF-8."), because);
                row.Raw.Should().Contain("\uFFFD").And.StartWith(quote.Length > 0 && column == 0 ? "\"0000" : "0000");
            }
        }
    }

    [Fact]
    public async Task A_line_break_in_quotes_does_not_end_the_row()
    {
        var (_, rejected) = await Csv.ReadAsync(Csv.Rows(Csv.Row(1).With("v1", "\"a\n\nb\""), "x"));

        rejected.Should().ContainSingle().Which.RowNumber.Should().Be(3);
    }

    [Fact]
    public async Task The_raw_text_of_a_rejected_row_is_truncated_at_a_character_boundary()
    {
        var (_, rejected) = await Csv.ReadAsync(Csv.Rows(new string('x', 999) + "😀", new string('y', 2_000)));

        rejected.Select(row => row.Raw).Should().Equal(new string('x', 999), new string('y', RejectedRow.RawLengthMax));
    }

    [Fact]
    public async Task A_reason_is_one_short_line_for_any_value()
    {
        var (_, rejected) = await Csv.ReadAsync(Csv.Rows(
            Csv.Row(1).With(",1", ",\"1\n2\""), Csv.Row(2, new string('9', 3_000))));

        rejected.Select(row => row.Reason).Should().Equal(
            "'1\\u000A2' is not an integer. Use digits only, for example 12.",
            "The quantity " + new string('9', 80)
                + "… is out of range. Use -1000000000000 to 1000000000000, or split it into several events.");
    }
}
