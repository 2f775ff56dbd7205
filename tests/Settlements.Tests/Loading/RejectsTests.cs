namespace Settlements.Tests.Loading;

/// <summary>Tests of rejected rows: limits, stored chunks and reports.</summary>
public sealed class RejectsTests
{
    private readonly MemoryEventStore _store = new();
    private readonly List<RejectedRow> _reported = [];

    [Fact]
    public async Task A_malformed_row_fails_the_load_and_its_chunk_is_not_stored()
    {
        var load = () => Csv.LoadAsync(_store, Csv.Rows(Csv.Row(1), Csv.Row(2), Csv.Row(3), Csv.Row(4, "x"), Csv.Row(5)), Options(2, 0));

        var error = (await load.Should().ThrowAsync<RowRejectedException>()).Which;
        error.Message.Should().Be("Row 5 (line 5), column 'quantity': 'x' is not an integer. Use digits only, for example 12.");
        (error.RowNumber, error.Column).Should().Be((5, "quantity"));
        _store.Events.Should().BeEquivalentTo([Csv.Event(1), Csv.Event(2)], "the chunk before that of the malformed row is committed");
        _reported.Should().BeEmpty();
    }

    [Fact]
    public async Task A_rejection_of_a_complete_row_names_no_column()
    {
        var load = () => Csv.LoadAsync(_store, Csv.Rows(Csv.Row(1), "", Csv.Row(2)));

        (await load.Should().ThrowAsync<RowRejectedException>()).WithMessage("Row 3 (line 3): The row is empty. *");
        _store.Calls.Should().Be(0);
    }

    [Fact]
    public async Task Rejected_rows_within_the_limit_are_reported_once_in_order_and_the_rest_is_stored()
    {
        var text = Csv.Rows("a", Csv.Row(1), "b", Csv.Row(2), Csv.Row(1, "7"), Csv.Row(3), "c");

        var report = await Csv.LoadAsync(_store, text, Options(2, 4));

        report.Should().BeEquivalentTo(new { Sent = 7, Stored = 3, Duplicates = 0, Rejected = 4 });
        _reported.Select(row => (row.RowNumber, row.Column)).Should().Equal((2, null), (4, null), (6, "event_id"), (8, null));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task A_rejected_row_has_its_line_number_in_the_file(string lineBreak)
    {
        await Csv.LoadAsync(_store, Csv.Rows(1, 1));
        var broken = $"\"a{lineBreak}b{lineBreak}c\",2";
        var text = Csv.Rows(broken, Csv.Row(2), "x", Csv.Row(1, "7"), broken, Csv.Row(3), "y");

        await Csv.LoadAsync(_store, text, Options(2, 10));

        _reported.Select(row => (row.RowNumber, row.LineNumber)).Should().Equal((2, 2L), (4, 6L), (5, 7L), (6, 8L), (8, 12L));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(66)]
    public async Task Lines_are_counted_in_a_row_that_is_longer_than_a_row_may_be(int bufferBytes)
    {
        // The buffer can end anywhere, also within a CRLF.
        var rows = string.Concat(Enumerable.Repeat("ab\r\n", 40));
        var (_, rejected) = await Csv.ReadAsync(
            Csv.Stream($"{Csv.Header}\r\n\"{rows}\"\r\nx\r\n"), rowBytesMax: 60, bufferBytes: bufferBytes);

        rejected.Select(row => (row.RowNumber, row.LineNumber)).Should().Equal((2, 2L), (3, 43L));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task A_rejected_row_over_the_limit_fails_the_load_with_the_limit(int chunkRows)
    {
        var load = () => Csv.LoadAsync(
            _store, Csv.Rows("a", Csv.Row(1), "b", Csv.Row(2), Csv.Row(3), "c", Csv.Row(4)), Options(chunkRows, 2));

        var error = (await load.Should().ThrowAsync<RowRejectedException>()).Which;
        error.Message.Should().StartWith("Row 7 (line 7): ").And.EndWith(
            " 3 rows were rejected, more than the limit of 2 (RejectsMax). Correct the rows, or raise the limit.");
        _reported.Concat(error.RejectedInChunk).Select(row => row.RowNumber).Should().Equal(
            [2, 4, 7], "each row is reported once, by callback or by exception");
        _store.Events.Should().HaveCount(chunkRows switch { 1 => 3, 2 => 2, 3 => 3, _ => 0 });
    }

    [Fact]
    public async Task The_same_id_with_other_content_fails_the_load_and_names_both()
    {
        await Csv.LoadAsync(_store, Csv.Rows(Csv.Row(1)));

        var load = () => Csv.LoadAsync(_store, Csv.Rows(Csv.Row(2), Csv.Row(1, "2")));

        (await load.Should().ThrowAsync<RowRejectedException>()).WithMessage(
            "Row 3 (line 3), column 'event_id': event 00000001-0000-0000-0000-000000000000 is already stored with different content: " +
            "stored 2024-07-01T00:00:00Z,video.view,v1,payee1,1, sent 2024-07-01T00:00:00Z,video.view,v1,payee1,2. " +
            "Use a unique id for each event.");
        _store.Events.Should().Equal(Csv.Event(1));
    }

    [Fact]
    public async Task Conflicts_over_the_limit_store_nothing_of_their_chunk()
    {
        await Csv.LoadAsync(_store, Csv.Rows(1, 3));
        var text = Csv.Rows(Csv.Row(1, "9"), Csv.Row(4), Csv.Row(2, "9"), Csv.Row(5), Csv.Row(6), Csv.Row(3, "9"));

        var load = () => Csv.LoadAsync(_store, text, Options(2, 2));

        var error = (await load.Should().ThrowAsync<RowRejectedException>()).Which;
        error.Message.Should().StartWith("Row 7 (line 7), column 'event_id': ").And.EndWith(
            "3 rows were rejected, more than the limit of 2 (RejectsMax). Correct the rows, or raise the limit.");
        _store.Events.Should().BeEquivalentTo([Csv.Event(1), Csv.Event(2), Csv.Event(3), Csv.Event(4), Csv.Event(5)]);
        _reported.Select(row => row.RowNumber).Should().Equal(2, 4);
        error.RejectedInChunk.Select(row => row.RowNumber).Should().Equal(7);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(2, 1)]
    public async Task Malformed_rows_and_conflicts_share_one_limit(int rejectsMax, int failures)
    {
        await Csv.LoadAsync(_store, Csv.Rows(1, 2));

        var load = () => Csv.LoadAsync(
            _store, Csv.Rows(Csv.Row(1, "9"), "x", Csv.Row(2, "9"), Csv.Row(3)), Options(100, rejectsMax));

        if (failures > 0)
        {
            (await load.Should().ThrowAsync<RowRejectedException>()).Which.RowNumber.Should().Be(4);
            _store.Events.Should().HaveCount(2);
            _reported.Should().BeEmpty();
        }
        else
        {
            (await load()).Should().BeEquivalentTo(new { Sent = 4, Stored = 1, Duplicates = 0, Rejected = 3 });
            _reported.Select(row => row.RowNumber).Should().Equal(2, 3, 4);
        }
    }

    [Fact]
    public async Task Rejected_rows_of_a_file_without_valid_rows_are_reported_during_the_load()
    {
        var report = await Csv.LoadAsync(_store, Csv.Rows([.. Enumerable.Repeat("x", 2_500)]), Options(100_000, 2_500));

        report.Should().BeEquivalentTo(new { Sent = 2_500, Stored = 0, Rejected = 2_500 });
        _reported.Select(row => row.RowNumber).Should().Equal(Enumerable.Range(2, 2_500).Select(number => (long)number));
        _store.Calls.Should().Be(0);
    }

    [Fact]
    public async Task The_raw_text_of_a_conflicting_row_can_be_loaded()
    {
        var row = Csv.Row(1).With("v1", "\"v\"\"1\"");
        await Csv.LoadAsync(_store, Csv.Rows(Csv.Row(1)));
        await Csv.LoadAsync(_store, Csv.Rows(row), Options(1, 1));

        _reported.Should().ContainSingle().Which.Raw.Should().Be(row);
    }

    private UsageLoadOptions Options(int chunkRows, int rejectsMax) => new()
    {
        ChunkRows = chunkRows,
        RejectsMax = rejectsMax,
        OnRejected = (row, _) =>
        {
            _reported.Add(row);
            return ValueTask.CompletedTask;
        },
    };
}
