using System.Globalization;
using System.Text;

namespace Settlements.Tests.Loading;

/// <summary>Tests of erroneous and malicious input: each bad value rejects only its row.</summary>
public sealed class HostileInputTests
{
    private readonly MemoryEventStore _store = new();
    private readonly List<RejectedRow> _rejected = [];

    [Theory]
    [InlineData("'; DROP TABLE usage_events; --")]
    [InlineData("' OR '1'='1")]
    [InlineData("\\")]
    [InlineData("\\'; --")]
    [InlineData("\\N")]
    [InlineData("\\0\0\\n\b\u001A")]
    [InlineData("''\"\"``")]
    [InlineData("%_*?[a-z]")]
    [InlineData("=1+1")]
    [InlineData("NULL")]
    [InlineData("${jndi:x}{0}@p0$1")]
    [InlineData("<script>")]
    [InlineData("../../etc/passwd")]
    [InlineData("a\u202Eb\u0301\u200D\uFEFF\u0085\u2028")]
    [InlineData("\uFFFD\uFFFF")]
    public async Task Ids_with_special_characters_are_stored_unchanged(string name)
    {
        var quoted = $"\"{name.With("\"", "\"\"")}\"";
        var row = $"{Csv.Id(1)},2024-07-01T00:00:00Z,{quoted},{quoted},{quoted},1";

        await LoadAsync(Encoding.UTF8.GetBytes(Csv.Rows(row, Csv.Row(2))));

        _rejected.Should().BeEmpty();
        _store.Events.Should().Equal(Csv.Event(1) with { Meter = name, ItemId = name, PayeeId = name }, Csv.Event(2));
    }

    [Theory]
    [InlineData('x', "")]
    [InlineData(',', "")]
    [InlineData('"', "")]
    [InlineData('"', "x")]
    [InlineData('\r', "")]
    [InlineData('\0', "")]
    public async Task A_line_of_10_MB_of_any_characters_rejects_only_its_row(char of, string before)
    {
        var giant = Encoding.UTF8.GetBytes(before + new string(of, 10_000_000));
        byte[] file = [.. Encoding.UTF8.GetBytes(Csv.Rows(Csv.Row(1))), .. giant, .. "\n"u8, .. Encoding.UTF8.GetBytes(Csv.Row(2)),
            .. "\n"u8, .. giant];

        var report = await LoadAsync(file);

        report.Should().BeEquivalentTo(new { Sent = 4, Stored = 2, Duplicates = 0, Rejected = 2 });
        _rejected.Select(row => row.RowNumber).Should().Equal(3, 5);
        _rejected.Should().OnlyContain(
            row => row.Column == null && row.Reason.StartsWith("The row is longer than 65536 bytes (RowBytesMax). "));
        _store.Events.Should().Equal(Csv.Event(1), Csv.Event(2));
    }

    [Fact]
    public async Task A_file_of_10_MB_of_empty_lines_takes_bounded_memory()
    {
        var reader = new CsvEventReader(
            new MemoryStream([.. Encoding.UTF8.GetBytes(Csv.Header), .. Enumerable.Repeat((byte)'\n', 10_000_000)]));
        var chunk = new EventChunk(100_000);

        (await reader.FillAsync(chunk, TestContext.Current.CancellationToken)).Should().BeTrue();

        chunk.Rejected.Should().HaveCount(EventChunk.RejectedMax);
        chunk.BytesRead.Should().Be(Csv.Header.Length + 1 + EventChunk.RejectedMax);
    }

    [Fact]
    public async Task A_byte_order_mark_is_skipped_only_at_the_start()
    {
        var text = "\uFEFF" + Csv.Rows(Csv.Row(1), "\uFEFF" + Csv.Row(2), Csv.Row(3).With("v1", "\uFEFFv1"), Csv.Row(4, "\uFEFF1"));

        await LoadAsync(Encoding.UTF8.GetBytes(text), readBytes: 1);

        _store.Events.Should().Equal(Csv.Event(1), Csv.Event(3) with { ItemId = "\uFEFFv1" });
        _rejected.Select(row => (row.RowNumber, row.Column)).Should().Equal((3, "event_id"), (5, "quantity"));
    }

    [Fact]
    public async Task A_byte_order_mark_within_the_header_is_a_wrong_header()
    {
        var load = () => LoadAsync(Encoding.UTF8.GetBytes(Csv.Rows(Csv.Row(1)).With("meter", "\uFEFFmeter")));

        (await load.Should().ThrowAsync<RowRejectedException>()).WithMessage("Row 1: The header is 'event_id,*");
    }

    public static TheoryData<string, bool, string> Encodings() => new()
    {
        { "utf-16", true, "The file is UTF-16. Save it as UTF-8." },
        { "utf-16BE", true, "The file is UTF-16. Save it as UTF-8." },
        { "utf-16", false, "The file is not UTF-8: its header contains NUL characters*Save it as UTF-8." },
        { "utf-16BE", false, "The file is not UTF-8: its header contains NUL characters*Save it as UTF-8." },
        { "utf-32", false, "The file is not UTF-8: its header contains NUL characters*Save it as UTF-8." },
        { "utf-32BE", true, "The file is not UTF-8: its header contains NUL characters*Save it as UTF-8." },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task A_file_in_another_Unicode_encoding_is_refused_with_its_name(string name, bool hasMark, string reason)
    {
        var encoding = Encoding.GetEncoding(name);

        var load = () => LoadAsync([.. hasMark ? encoding.GetPreamble() : [], .. encoding.GetBytes(Csv.Rows(Csv.Row(1)))]);

        var message = (await load.Should().ThrowAsync<RowRejectedException>()).WithMessage($"Row 1: {reason} The header must be *")
            .Which.Message;
        message.Should().NotContain("\0");
        _store.Calls.Should().Be(0);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'c', (byte)'a', (byte)'f', 0xE9 }, "Latin-1")]
    [InlineData(new byte[] { 0x93, (byte)'x', 0x94 }, "Windows-1252")]
    [InlineData(new byte[] { 0xC7, 0xD1, 0xB1, 0xB9 }, "EUC-KR")]
    [InlineData(new byte[] { 0x93, 0xFA, 0x96, 0x7B }, "Shift JIS")]
    public async Task A_row_in_a_legacy_encoding_is_rejected_as_not_UTF_8_and_ASCII_rows_are_stored(byte[] name, string because)
    {
        var before = Encoding.UTF8.GetBytes(Csv.Rows(Csv.Row(1), $"{Csv.Id(2)},2024-07-01T00:00:00Z,video.view,")[..^1]);

        await LoadAsync([.. before, .. name, .. Encoding.UTF8.GetBytes(",payee1,1\n" + Csv.Row(3))]);

        _store.Events.Should().Equal([Csv.Event(1), Csv.Event(3)], because);
        var row = _rejected.Should().ContainSingle(because).Which;
        (row.RowNumber, row.Column, row.Reason).Should().Be(
            (3, "item_id", "The text contains bytes that are not valid UTF-8. Save the file as UTF-8."), because);
    }

    [Theory]
    [InlineData("0000-00-00T00:00:00Z", "has year 0. Use 1900 to 9998.")]
    [InlineData("0000-02-29T00:00:00Z", "has year 0. Use 1900 to 9998.")]
    [InlineData("0000-12-31T23:59:59.999999-14:00", "has year 0. Use 1900 to 9998.")]
    [InlineData("-001-01-01T00:00:00Z", "is not an instant. *")]
    [InlineData("0001-01-01T00:00:00Z", "is before 1900-01-02T00:00:00Z, *")]
    [InlineData("0001-01-01T00:00:00+14:00", "is before 1900-01-02T00:00:00Z, *")]
    [InlineData("1753-01-01T00:00:00Z", "is before 1900-01-02T00:00:00Z, *")]
    [InlineData("9999-01-01T00:00:00Z", "is after 9998-12-30T23:59:59.999999Z, *")]
    [InlineData("9999-12-31T23:59:59.999999Z", "is after 9998-12-30T23:59:59.999999Z, *")]
    [InlineData("9999-12-31T23:59:59.999999-14:00", "is after 9998-12-30T23:59:59.999999Z, *")]
    [InlineData("9999-12-32T00:00:00Z", "has day 32. For 9999-12, use 1 to 31.")]
    [InlineData("10000-01-01T00:00:00Z", "is not an instant. *")]
    [InlineData("+12024-07-01T00:00:00Z", "is not an instant. *")]
    [InlineData("1900-02-29T00:00:00Z", "has day 29. For 1900-02, use 1 to 28.")]
    [InlineData("2100-02-29T00:00:00Z", "has day 29. For 2100-02, use 1 to 28.")]
    [InlineData("2024-02-30T00:00:00Z", "has day 30. For 2024-02, use 1 to 29.")]
    [InlineData("2024-07-01T00:00:00+99:99", "has an offset that is out of range. *")]
    [InlineData("２０２４-07-01T00:00:00Z", "is not an instant. *")]
    public async Task A_date_out_of_range_rejects_only_its_row(string instant, string reason)
    {
        await LoadAsync(Encoding.UTF8.GetBytes(Csv.Rows(Csv.Row(1).With("2024-07-01T00:00:00Z", instant), Csv.Row(2))));

        ShouldBeRejectedAlone("occurred_at", $"'{instant}' {reason}");
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("18446744073709551615")]
    [InlineData("18446744073709551617")]
    [InlineData("-18446744073709551615")]
    [InlineData("10000000000000000")]
    [InlineData("9999999999999999")]
    [InlineData("340282366920938463463374607431768211457")]
    public async Task A_quantity_near_the_limits_of_integers_is_over_the_limit_and_never_overflows(string quantity)
    {
        await LoadAsync(Encoding.UTF8.GetBytes(Csv.Rows(Csv.Row(1, quantity), Csv.Row(2))));

        ShouldBeRejectedAlone("quantity", $"The quantity {quantity} is out of range. Use -1000000000000 to 1000000000000, *");
    }

    [Theory]
    [InlineData("+1")]
    [InlineData("1 ")]
    [InlineData("\t1")]
    [InlineData("1\0")]
    [InlineData("1\u00A0")]
    [InlineData("1E+3")]
    [InlineData("1_000")]
    [InlineData("１")]
    [InlineData("１２")]
    [InlineData("²")]
    [InlineData("0b1")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("(1)")]
    [InlineData("₩1")]
    public async Task A_number_that_only_lenient_parsers_accept_is_rejected(string quantity)
    {
        await LoadAsync(Encoding.UTF8.GetBytes(Csv.Rows(Csv.Row(1, quantity), Csv.Row(2))));

        ShouldBeRejectedAlone("quantity", "'*' is not an integer. Use digits only, for example 12.");
    }

    [Fact]
    public async Task The_maximum_quantities_are_stored_exactly()
    {
        var quantities = new[] { UsageEvent.QuantityMax, -UsageEvent.QuantityMax, UsageEvent.QuantityMax - 1, 1 - UsageEvent.QuantityMax };

        await LoadAsync(
            Encoding.UTF8.GetBytes(Csv.Rows([.. quantities.Select((q, i) => Csv.Row(i, q.ToString(CultureInfo.InvariantCulture)))])));

        _store.Events.Select(e => e.Quantity).Should().Equal(quantities);
    }

    private void ShouldBeRejectedAlone(string column, string reason)
    {
        var row = _rejected.Should().ContainSingle().Which;
        (row.RowNumber, row.Column).Should().Be((2, column));
        row.Reason.Should().Match(reason);
        _store.Events.Should().Equal(Csv.Event(2));
    }

    private Task<LoadReport> LoadAsync(byte[] file, int readBytes = 100_000) =>
        Csv.LoadAsync(_store, new ScriptedStream(new MemoryStream(file), _ => readBytes), new UsageLoadOptions
        {
            RejectsMax = 100,
            OnRejected = (row, _) =>
            {
                _rejected.Add(row);
                return ValueTask.CompletedTask;
            },
        });
}
