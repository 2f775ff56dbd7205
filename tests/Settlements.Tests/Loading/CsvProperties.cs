using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Settlements.Tests.Loading;

/// <summary>Properties of loading any file.</summary>
public sealed class CsvProperties
{
    // Few of these pieces form valid rows: quotes, line ends and truncated characters in any order.
    private static readonly byte[][] Pieces =
    [
        [.. "\""u8], [.. "\""u8], [.. "\"\""u8], [.. ","u8], [.. ","u8], [.. "\n"u8], [.. "\r\n"u8], [.. "\r"u8], [.. "x"u8], [0xFF],
        [0xE2, 0x82],
        [.. "\0"u8], [.. "😀"u8], [.. "1"u8], Encoding.UTF8.GetBytes(Csv.Row(1)), Encoding.UTF8.GetBytes(Csv.Row(2)),
        Encoding.UTF8.GetBytes(Csv.Row(3).With("v1", "\"v,\n\"\"1\"")), Encoding.UTF8.GetBytes("\n" + Csv.Row(4) + "\n"),
        Encoding.UTF8.GetBytes(new string('y', 200)),
    ];

    public static Arbitrary<byte[]> Files() => Arb.From(
        Gen.Elements(Pieces).ListOf().Select(pieces => (byte[])[.. Encoding.UTF8.GetBytes(Csv.Header
            + "\n"), .. pieces.SelectMany(piece => piece)]));

    public static Arbitrary<UsageEvent[]> Events()
    {
        var text = Gen.Elements("a", "B", "é", "한", "😀", "\"", ",", "\n", "\r", "\r\n", " ", "\0", "\t", "'", ";", "\uFEFF")
            .NonEmptyListOf().Select(parts => string.Concat(parts.Take(20)));
        var one =
            from head in Gen.Choose(0, int.MaxValue)
            from tail in Between(0, long.MaxValue / 2)
            let id = new Guid(head, (short)(head >> 3), (short)tail, BitConverter.GetBytes(tail))
            from microseconds in Between(
                UnixMicroseconds.From(new(1900, 1, 2, 0, 0, 0, TimeSpan.Zero)),
                UnixMicroseconds.From(new(9998, 12, 30, 0, 0, 0, TimeSpan.Zero)))
            from meter in text
            from item in text
            from payee in text
            from quantity in Between(-UsageEvent.QuantityMax, UsageEvent.QuantityMax).Where(quantity => quantity != 0)
            select new UsageEvent(id, UnixMicroseconds.ToInstant(microseconds), meter, item, payee, quantity);
        return Arb.From(one.ArrayOf());
    }

    private static Gen<long> Between(long min, long max) =>
        Gen.Choose(0, int.MaxValue).Two().Select(n => min + (((long)n.Item1 << 31) | (uint)n.Item2) % (max - min + 1));

    [Property(Arbitrary = [typeof(CsvProperties)], MaxTest = 300)]
    public async Task The_result_does_not_depend_on_the_sizes_of_stream_reads(
        byte[] file, int seed, PositiveInt readBytesMax, PositiveInt chunkRows)
    {
        var whole = await Csv.ReadAsync(new MemoryStream(file), rowBytesMax: 150);
        var random = new Random(seed);
        var stream = new ScriptedStream(new MemoryStream(file), _ => random.Next(1, readBytesMax.Get + 1));

        var cut = await Csv.ReadAsync(stream, rowBytesMax: 150, bufferBytes: 152 + random.Next(3), chunkRows.Get);

        cut.Events.Should().Equal(whole.Events);
        cut.Rejected.Should().BeEquivalentTo(whole.Rejected, o => o.WithStrictOrdering());
    }

    [Property(Arbitrary = [typeof(CsvProperties)], MaxTest = 300)]
    public async Task Valid_events_are_read_as_they_were_written(UsageEvent[] events, bool crlf)
    {
        var lineEnd = crlf ? "\r\n" : "\n";
        var text = string.Concat(events.Select(EventText.Row).Prepend(Csv.Header).Select(row => row + lineEnd));

        var (read, rejected) = await Csv.ReadAsync(text);

        rejected.Should().BeEmpty();
        read.Should().Equal(events);
    }

    [Property(Arbitrary = [typeof(CsvProperties)], MaxTest = 300)]
    public async Task The_result_does_not_depend_on_the_chunk_size(byte[] file, PositiveInt chunkRows)
    {
        var one = new MemoryEventStore();
        var other = new MemoryEventStore();

        var (report, reported) = await LoadAsync(one, file, 1);
        var (otherReport, otherReported) = await LoadAsync(other, file, chunkRows.Get);

        otherReport.Should().BeEquivalentTo(report, its => its.Excluding(it => it.Duration).Excluding(it => it.RowsPerSecond));
        otherReported.Should().BeEquivalentTo(reported, o => o.WithStrictOrdering());
        other.Events.Should().Equal(one.Events);
    }

    [Property(Arbitrary = [typeof(CsvProperties)], MaxTest = 300)]
    public async Task Counts_add_up_for_any_file_and_a_second_load_stores_nothing(byte[] file, PositiveInt chunkRows)
    {
        var store = new MemoryEventStore();

        var (first, reported) = await LoadAsync(store, file, chunkRows.Get);
        reported.Should().HaveCount((int)first.Rejected).And.BeInAscendingOrder(row => row.RowNumber);
        store.Events.Should().HaveCount((int)first.Stored);
        var (second, _) = await LoadAsync(store, file, chunkRows.Get);

        second.Should().BeEquivalentTo(new { first.Sent, Stored = 0, Duplicates = first.Stored + first.Duplicates, first.Rejected });
    }

    private static async Task<(LoadReport Report, List<RejectedRow> Reported)> LoadAsync(MemoryEventStore store, byte[] file, int chunkRows)
    {
        var reported = new List<RejectedRow>();
        var report = await Csv.LoadAsync(store, new MemoryStream(file), new UsageLoadOptions
        {
            ChunkRows = chunkRows,
            RejectsMax = 1_000_000,
            OnRejected = (row, _) =>
            {
                reported.Add(row);
                return ValueTask.CompletedTask;
            },
        });
        return (report, reported);
    }
}
