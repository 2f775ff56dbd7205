using System.Text;

namespace Settlements.Testing;

/// <summary>Contract tests of reading CSV files: every loader handles malformed rows by the same policy.</summary>
public abstract class CsvInputContract
{
    private const string StrayQuote = "The text contains a quote and is not quoted.";
    private const string AfterQuote = "There is text after the closing quote.";
    private const string StrayReturn = "There is a carriage return outside of quotes.";
    private const string NotUtf8 = "The text contains bytes that are not valid UTF-8. Save the file as UTF-8.";

    /// <summary>
    /// Malformed texts as written in a file, the reason for rejecting their row, and whether the error names the text's column.
    /// </summary>
    private static readonly (byte[] Text, string Reason, bool NamesColumn)[] Malformed =
    [
        ([(byte)'a', 0xFF], NotUtf8, true),
        ([(byte)'"', 0xFF, (byte)'"'], NotUtf8, true),
        ([0xC0, 0xAF], NotUtf8, true),
        ([0xED, 0xA0, 0x80], NotUtf8, true),
        ([0xF4, 0x90, 0x80, 0x80], NotUtf8, true),
        ([0xE2, 0x82], NotUtf8, true),
        ([.. "\"two\nlines "u8, 0xE2, 0x82, (byte)'"'], NotUtf8, true),
        ("a\"b"u8.ToArray(), StrayQuote, true),
        (" \"a\""u8.ToArray(), StrayQuote, true),
        ("\"a\"b"u8.ToArray(), AfterQuote, true),
        ("\"two\r\nlines\" "u8.ToArray(), AfterQuote, true),
        ("a\rb"u8.ToArray(), StrayReturn, true),
        ("a,b"u8.ToArray(), "columns instead of", false),
        ([.. "a,"u8, 0xFF], "columns instead of", false),
    ];

    private static readonly (string Written, string Text)[] WellFormed =
    [
        ("plain", "plain"), ("\"plain\"", "plain"), ("\"a,b\"", "a,b"), ("\"say \"\"x\"\"\"", "say \"x\""), ("\"\"\"\"", "\""),
        ("\"a\nb\"", "a\nb"), ("\"a\r\nb\"", "a\r\nb"), ("\"a\rb\"", "a\rb"), (" spaces stay", " spaces stay"),
        ("#no comment", "#no comment"), ("nul\0within", "nul\0within"),
        ("é한😀", "é한😀"), ("'", "'"), ("\\N", "\\N"), ("tab\tstays", "tab\tstays"),
    ];

    protected abstract Task<CsvLoaderUnderTest> NewLoaderAsync();

    [Fact]
    public async Task Every_malformed_row_is_rejected_with_row_line_column_and_reason_and_the_others_are_stored()
    {
        await using var loader = await NewLoaderAsync();
        var rows = Malformed.SelectMany((malformed, i) => new[] { malformed.Text, Encoding.UTF8.GetBytes($"good {i}") }).ToList();
        var rejected = new List<RejectedRow>();

        var counts = await loader.LoadAsync(File(loader, rows), rejectsMax: rows.Count, rejected.Add);

        counts.Should().Be((rows.Count, rows.Count / 2, rows.Count / 2));
        (await loader.TextsAsync()).Should().BeEquivalentTo(Malformed.Select((_, i) => $"good {i}"));
        rejected.Should().HaveCount(Malformed.Length);
        for (var i = 0; i < Malformed.Length; i++)
        {
            var before = File(loader, rows.Take(i * 2)).ToArray();
            var because = $"of '{Encoding.Latin1.GetString(Malformed[i].Text)}'";
            rejected[i].RowNumber.Should().Be((i * 2) + 2, because);
            rejected[i].LineNumber.Should().Be(1 + Lines(before), because);
            rejected[i].Column.Should().Be(Malformed[i].NamesColumn ? loader.TextColumn : null, because);
            rejected[i].Reason.Should().Contain(Malformed[i].Reason, because);
            rejected[i].Raw.Should().Be(Encoding.UTF8.GetString(Row(loader, i * 2, Malformed[i].Text)[..^1]), because);
        }
    }

    [Fact]
    public async Task Well_formed_texts_are_stored_unchanged()
    {
        await using var loader = await NewLoaderAsync();
        var rejected = new List<RejectedRow>();

        var counts = await loader.LoadAsync(
            File(loader, WellFormed.Select(text => Encoding.UTF8.GetBytes(text.Written))), rejectsMax: WellFormed.Length, rejected.Add);

        rejected.Should().BeEmpty();
        counts.Stored.Should().Be(WellFormed.Length);
        (await loader.TextsAsync()).Should().BeEquivalentTo(WellFormed.Select(text => text.Text));
    }

    [Fact]
    public async Task A_byte_order_mark_CRLF_a_quoted_header_and_a_last_row_without_line_end_are_accepted()
    {
        await using var loader = await NewLoaderAsync();
        var text = Encoding.UTF8.GetString(File(loader, ["one"u8.ToArray(), "two"u8.ToArray()]).ToArray());
        var quoted = "\uFEFF\"" + loader.Header.Replace(",", "\",\"", StringComparison.Ordinal) + "\"" + text[loader.Header.Length..^1];

        quoted = quoted.Replace("\n", "\r\n", StringComparison.Ordinal);
        await loader.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(quoted)), rejectsMax: 0, _ => { });

        (await loader.TextsAsync()).Should().BeEquivalentTo("one", "two");
    }

    [Fact]
    public async Task By_default_the_first_malformed_row_fails_the_load_and_is_named_in_the_message()
    {
        await using var loader = await NewLoaderAsync();
        var file = File(loader, ["\"two\nlines\""u8.ToArray(), [0xFF], "good"u8.ToArray(), [0xFE]]);

        var load = () => loader.LoadAsync(file, rejectsMax: 0, _ => { });

        var error = (await load.Should().ThrowAsync<RowRejectedException>()).Which;
        error.Message.Should().Be($"Row 3 (line 4), column '{loader.TextColumn}': {NotUtf8}");
        (error.RowNumber, error.LineNumber, error.Column).Should().Be((3, 4L, loader.TextColumn));
        (await loader.TextsAsync()).Should().BeEmpty("nothing of its chunk is stored");
    }

    [Fact]
    public async Task The_row_that_exceeds_the_limit_is_named_with_the_number_of_rejected_rows()
    {
        await using var loader = await NewLoaderAsync();
        var rows = Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? "good"u8.ToArray() : [0xFF]);

        var load = () => loader.LoadAsync(File(loader, rows), rejectsMax: 2, _ => { });

        var error = (await load.Should().ThrowAsync<RowRejectedException>()).Which;
        error.Message.Should().EndWith(
            " 3 rows were rejected, more than the limit of 2 (RejectsMax). Correct the rows, or raise the limit.");
        error.RowNumber.Should().Be(7);
        error.RejectedInChunk.Select(row => row.RowNumber).Should().Equal(3, 5, 7);
        (await loader.TextsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_rejects_the_rest_of_the_file_as_one_row()
    {
        await using var loader = await NewLoaderAsync();
        var file = File(loader, ["good"u8.ToArray(), "\"never closed"u8.ToArray(), "lost"u8.ToArray(), "lost"u8.ToArray()]);
        var rejected = new List<RejectedRow>();

        var counts = await loader.LoadAsync(file, rejectsMax: 1, rejected.Add);

        counts.Should().Be((2, 1, 1));
        rejected.Should().ContainSingle().Which.Should().Match<RejectedRow>(row => row.RowNumber == 3 && row.LineNumber == 3
            && row.Column == loader.TextColumn && row.Reason.StartsWith("A quote is not closed before the end of the file."));
        (await loader.TextsAsync()).Should().BeEquivalentTo("good");
    }

    [Fact]
    public async Task A_row_longer_than_the_limit_is_rejected_and_the_others_are_stored()
    {
        await using var loader = await NewLoaderAsync();
        var text = new byte[loader.RowBytesMax + 1];
        text.AsSpan().Fill((byte)'x');
        var rejected = new List<RejectedRow>();

        var counts = await loader.LoadAsync(File(loader, [text, "good"u8.ToArray()]), rejectsMax: 1, rejected.Add);

        counts.Should().Be((2, 1, 1));
        rejected.Should().ContainSingle().Which.Should().Match<RejectedRow>(row => row.RowNumber == 2 && row.Column == null
            && row.Reason.StartsWith($"The row is longer than {loader.RowBytesMax} bytes (RowBytesMax)."));
    }

    [Fact]
    public async Task A_file_without_a_readable_header_is_refused_under_any_limit_of_rejects()
    {
        await using var loader = await NewLoaderAsync();
        var rows = File(loader, ["good"u8.ToArray()]).ToArray();
        var text = Encoding.UTF8.GetString(rows);

        await RefusedAsync([], "The file is empty: the header is missing.");
        foreach (var utf16 in new[] { Encoding.Unicode, Encoding.BigEndianUnicode })
            await RefusedAsync([.. utf16.GetPreamble(), .. utf16.GetBytes(text)], "The file is UTF-16.");
        await RefusedAsync(Encoding.Unicode.GetBytes(text), "its header contains NUL characters");
        await RefusedAsync([0xFF, .. rows], NotUtf8);
        await RefusedAsync([(byte)'"', .. rows], "A quote is not closed");

        async Task RefusedAsync(byte[] file, string reason)
        {
            var load = () => loader.LoadAsync(new MemoryStream(file), rejectsMax: 100, _ => { });
            var error = (await load.Should().ThrowAsync<RowRejectedException>(reason)).Which;
            error.RowNumber.Should().Be(1);
            error.Message.Should().StartWith("Row 1: ").And.Contain(reason);
        }
    }

    [Fact]
    public async Task Thousands_of_malformed_rows_are_reported_once_each_in_file_order()
    {
        await using var loader = await NewLoaderAsync();
        const int Rows = 2_500;
        var rejected = new List<RejectedRow>();

        var counts = await loader.LoadAsync(
            File(loader, Enumerable.Repeat<byte[]>([0xFF], Rows).Append("good"u8.ToArray())), rejectsMax: Rows, rejected.Add);

        counts.Should().Be((Rows + 1, 1, Rows));
        rejected.Select(row => row.RowNumber).Should().Equal(Enumerable.Range(2, Rows).Select(number => (long)number));
    }

    private static MemoryStream File(CsvLoaderUnderTest loader, IEnumerable<byte[]> texts)
    {
        var file = new MemoryStream();
        file.Write(Encoding.UTF8.GetBytes(loader.Header + "\n"));
        foreach (var (number, text) in texts.Index())
            file.Write(Row(loader, number, text));
        file.Position = 0;
        return file;
    }

    private static byte[] Row(CsvLoaderUnderTest loader, int number, byte[] text)
    {
        var (before, after) = loader.Around(number);
        return [.. Encoding.UTF8.GetBytes(before), .. text, .. Encoding.UTF8.GetBytes(after), (byte)'\n'];
    }

    /// <summary>Counts the line ends LF, CRLF and CR.</summary>
    private static int Lines(byte[] file) => file.Where((b, i) => b == '\n' || (b == '\r' && file[i + 1] != '\n')).Count();
}
