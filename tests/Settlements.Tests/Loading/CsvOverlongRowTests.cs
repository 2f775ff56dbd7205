using System.Text;

namespace Settlements.Tests.Loading;

public sealed class CsvOverlongRowTests
{
    private const string TooLong = "The row is longer than 65536 bytes (RowBytesMax). ";

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task A_row_may_have_at_most_65536_bytes(string lineEnd)
    {
        var zeros = CsvEventReader.RowBytesMax - Csv.Row(1, "").Length - 1;
        var longest = Csv.Row(1, new string('0', zeros) + "7");
        var text = string.Join(lineEnd, Csv.Header, longest, Csv.Row(2, new string('0', zeros + 1) + "7"), Csv.Row(3));

        var (events, rejected) = await Csv.ReadAsync(text);

        events.Should().Equal(Csv.Event(1, 7), Csv.Event(3));
        var row = rejected.Should().ContainSingle().Which;
        (row.RowNumber, row.Column, row.Reason).Should().Be(
            (3, (string?)null, TooLong + "Shorten it, or correct a quote that is closed too late."));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"")]
    public async Task A_row_of_10_MB_is_skipped_in_bounded_memory(string quote)
    {
        var giant = Encoding.UTF8.GetBytes(quote + new string('x', 10_000_000) + quote + "\n");
        byte[] file = [.. Encoding.UTF8.GetBytes(Csv.Rows(Csv.Row(1))), .. giant, .. Encoding.UTF8.GetBytes(Csv.Row(2))];
        var reader = new CsvEventReader(new ScriptedStream(new MemoryStream(file), _ => 65_536));
        var chunk = new EventChunk(10);
        var before = GC.GetAllocatedBytesForCurrentThread();

        await reader.FillAsync(chunk, TestContext.Current.CancellationToken);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(200_000);
        chunk.Batch.Count.Should().Be(2);
        chunk.BytesRead.Should().Be(file.Length);
        chunk.Rejected.Should().ContainSingle().Which.Raw.Should().HaveLength(RejectedRow.RawLengthMax);
    }

    [Fact]
    public async Task An_overlong_row_with_an_unclosed_quote_is_rejected_with_that_reason()
    {
        foreach (var length in new[] { 65_536, 70_000, 3_000_000 })
        {
            var (events, rejected) = await Csv.ReadAsync(Csv.Rows(Csv.Row(1)) + "\"" + new string('x', length));

            events.Should().HaveCount(1);
            rejected.Should().ContainSingle().Which.Reason.Should().Be(
                TooLong + "A quote is not closed before the end of the file. Close it, or write the row without quotes.");
        }
    }

    [Fact]
    public async Task Reading_allocates_nothing_per_row()
    {
        var reader = new CsvEventReader(Csv.Stream(Csv.Rows(1, 10_000)));
        var chunk = new EventChunk(5_000);
        await reader.FillAsync(chunk, TestContext.Current.CancellationToken);
        chunk.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();

        await reader.FillAsync(chunk, TestContext.Current.CancellationToken);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(
            50_000, "the smallest object a row would make 120,000; a collection meanwhile counts a thread's open 8 KiB as used");
        chunk.Batch.Count.Should().Be(5_000);
    }
}
