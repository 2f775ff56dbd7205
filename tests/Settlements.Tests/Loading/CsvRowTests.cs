using System.Text;

namespace Settlements.Tests.Loading;

/// <summary>Tests of well-formed rows.</summary>
public sealed class CsvRowTests
{
    private static readonly string Example = Csv.Row(1);

    [Theory]
    [InlineData("{0}\n{1}\n")]
    [InlineData("{0}\r\n{1}\r\n")]
    [InlineData("{0}\n{1}")]
    [InlineData("{0}\r\n{1}")]
    [InlineData("\uFEFF{0}\n{1}\n")]
    public async Task A_row_ends_with_LF_or_CRLF_or_the_file(string form)
    {
        var (events, rejected) = await Csv.ReadAsync(form.With("{0}", Csv.Header).With("{1}", Example));

        rejected.Should().BeEmpty();
        events.Should().Equal(Csv.Event(1));
    }

    [Theory]
    [InlineData("\"a,b\"", "a,b")]
    [InlineData("\"say \"\"x\"\"\"", "say \"x\"")]
    [InlineData("\"\"\"\"", "\"")]
    [InlineData("\"line 1\nline 2\r\nline 3\"", "line 1\nline 2\r\nline 3")]
    [InlineData("\"\r\"", "\r")]
    [InlineData("\"plain\"", "plain")]
    [InlineData("nul\0within", "nul\0within")]
    [InlineData(" spaces stay ", " spaces stay ")]
    [InlineData("é한😀", "é한😀")]
    public async Task A_text_is_read_by_the_rules_of_RFC_4180(string written, string text)
    {
        var row = $"{Csv.Id(1)},2024-07-01T00:00:00Z,video.view,{written},payee1,1";

        var (events, rejected) = await Csv.ReadAsync(Csv.Rows(row, Csv.Row(2)));

        rejected.Should().BeEmpty();
        events.Should().Equal(Csv.Event(1) with { ItemId = text }, Csv.Event(2));
    }

    [Fact]
    public async Task Every_field_may_be_quoted_including_the_header()
    {
        var quoted = Csv.Rows(Example).With(",", "\",\"").With("\n", "\"\n\"");

        var (events, rejected) = await Csv.ReadAsync("\"" + quoted[..^1]);

        rejected.Should().BeEmpty();
        events.Should().Equal(Csv.Event(1));
    }

    [Fact]
    public async Task A_text_is_limited_to_64_code_points_of_any_number_of_bytes()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", 64));

        var (events, rejected) = await Csv.ReadAsync(Csv.Rows(
            Example.With("v1", longest), Example.With("v1", longest + "x"), Example.With("payee1", new string('x', 65))));

        events.Should().Equal(Csv.Event(1) with { ItemId = longest });
        rejected.Select(row => (row.RowNumber, row.Column, row.Reason)).Should().Equal(
            (3, "item_id", "The text has 65 characters (Unicode code points), more than the limit of 64. Use a shorter id."),
            (4, "payee_id", "The text has 65 characters (Unicode code points), more than the limit of 64. Use a shorter id."));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("\n")]
    [InlineData("event_id\n")]
    [InlineData("event_id,occurred_at,meter,item_id,payee_id\n")]
    [InlineData("event_id,occurred_at,meter,item_id,payee_id,quantity,more\n")]
    [InlineData("Event_id,occurred_at,meter,item_id,payee_id,quantity\n")]
    [InlineData("event_id, occurred_at,meter,item_id,payee_id,quantity\n")]
    [InlineData("occurred_at,event_id,meter,item_id,payee_id,quantity\n")]
    [InlineData("event_id;occurred_at;meter;item_id;payee_id;quantity\n")]
    [InlineData("\nevent_id,occurred_at,meter,item_id,payee_id,quantity\n")]
    [InlineData("\uFEFF\uFEFFevent_id,occurred_at,meter,item_id,payee_id,quantity\n")]
    public async Task A_file_without_the_exact_header_is_refused_even_if_rejects_are_allowed(string text)
    {
        var store = new MemoryEventStore();

        var load = () => Csv.LoadAsync(store, text + Example, new() { RejectsMax = 10 });

        var error = (await load.Should().ThrowAsync<RowRejectedException>()).Which;
        error.RowNumber.Should().Be(1);
        error.Message.Should().StartWith("Row 1: ").And.EndWith(
            $"The header must be exactly '{Csv.Header}', optionally followed by ',reason,reference'.");
        store.Calls.Should().Be(0);
    }

    [Fact]
    public async Task A_wrong_header_is_quoted_in_the_error()
    {
        var load = () => Csv.LoadAsync(new MemoryEventStore(), "id,when\n");

        (await load.Should().ThrowAsync<RowRejectedException>())
            .WithMessage($"Row 1: The header is 'id,when'. The header must be exactly '{Csv.Header}', optionally "
                + $"followed by ',reason,reference'.");
    }

    [Fact]
    public async Task Empty_and_UTF_16_files_are_refused_with_that_reason()
    {
        var empty = () => Csv.LoadAsync(new MemoryEventStore(), "");
        var utf16 = () => Csv.LoadAsync(
            new MemoryEventStore(), new MemoryStream([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Csv.Header)]));

        (await empty.Should().ThrowAsync<RowRejectedException>()).WithMessage("Row 1: The file is empty: the header is missing. *");
        (await utf16.Should().ThrowAsync<RowRejectedException>()).WithMessage("Row 1: The file is UTF-16. Save it as UTF-8. *");
    }

    [Fact]
    public async Task A_file_of_a_header_alone_loads_nothing()
    {
        var store = new MemoryEventStore();

        var report = await Csv.LoadAsync(store, Csv.Header);

        report.Sent.Should().Be(0);
        store.Calls.Should().Be(0);
    }
}
