using System.Security.Cryptography;
using System.Text;
using Settlement.BillableEvents;
using Settlement.Loading;

namespace Settlement.Tests.Loading;

/// <summary>
/// Files of valid rows with damaged ones between them. A damaged row stays one row (it gets no line end and no quote), so what has to become of the
/// others is known: they are stored as they were written.
/// </summary>
public sealed class CsvFuzzTests
{
    private static readonly int Files = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long" ? 20_000 : 300;

    private static readonly string[] Hostile =
    [
        "", " ", "0", "-", "+1", "1e3", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1000000000000000", "1000000000000001",
        "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "9998-12-30T23:59:59.999999Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
        "2023-02-29T00:00:00Z", "2024-07-01T00:00:00", "'; DROP TABLE billable_events; --", "' OR '1'='1", "\\", "%_", "\0", "\uFEFF", "=1+1", "@x", "NULL",
        "\\N", "１２", "٣", "\u202E", "a\tb", new string('x', 70_000), new string('é', 65),
    ];

    [Theory]
    [InlineData(20_240_701)]
    [InlineData(null)]
    public async Task Damaged_rows_are_rejected_and_the_others_are_stored_as_they_were_written(int? fixedSeed)
    {
        var seed = fixedSeed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        for (var file = 0; file < Files; file++)
            await CheckAsync(new Random(seed + file), $"seed {seed}, file {file}");
    }

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-32", true)]
    public async Task A_file_in_another_encoding_is_refused_at_its_header(string encoding, bool hasMark)
    {
        var other = Encoding.GetEncoding(encoding);
        var bytes = (byte[])[.. hasMark ? other.GetPreamble() : [], .. other.GetBytes(Csv.Rows(Csv.Row(1)))];
        var store = new MemoryEventStore();

        var load = () => Csv.LoadAsync(store, new MemoryStream(bytes), new LoadOptions { RejectsMax = 100 });

        await load.Should().ThrowAsync<RowRejectedException>().WithMessage("*Row 1*");
        store.Events.Should().BeEmpty();
    }

    [Fact]
    public async Task A_row_in_Latin_1_is_rejected_and_those_in_UTF_8_are_stored()
    {
        var bytes = (byte[])[.. Encoding.UTF8.GetBytes(Csv.Rows(Csv.Row(1).With("v1", "é"))), .. Encoding.Latin1.GetBytes(Csv.Row(2).With("v1", "é") + "\n"), .. Encoding.UTF8.GetBytes(Csv.Row(3))];

        var (events, rejected) = await Csv.ReadAsync(new MemoryStream(bytes));

        events.Select(e => e.EventId).Should().Equal(Csv.Id(1), Csv.Id(3));
        rejected.Should().ContainSingle().Which.Should().Match<RejectedRow>(r => r.RowNumber == 3 && r.Column == "item_id" && r.Reason.Contains("UTF-8"));
    }

    private static async Task CheckAsync(Random random, string name)
    {
        var valid = new List<BillableEvent>();
        var (rows, count, bytes) = (0, random.Next(1, 60), new MemoryStream());
        if (random.Next(3) == 0)
            bytes.Write(Encoding.UTF8.Preamble);
        bytes.Write(Encoding.UTF8.GetBytes(Csv.Header + "\n"));
        for (; rows < count; rows++)
        {
            var one = Event(random, rows + 1);
            var row = Encoding.UTF8.GetBytes(EventText.Row(one));
            if (random.Next(3) == 0)
                row = Damaged(random, one);
            else
                valid.Add(one);
            bytes.Write(row);
            bytes.Write(random.Next(2) == 0 ? "\n"u8 : "\r\n"u8);
        }

        var store = new MemoryEventStore();
        var told = new List<RejectedRow>();
        bytes.Position = 0;
        var report = await Csv.LoadAsync(store, new ScriptedStream(bytes, _ => random.Next(1, 5_000)), new LoadOptions
        {
            ChunkRows = random.Next(1, 40),
            Writers = random.Next(1, 4),
            RejectsMax = int.MaxValue,
            OnRejected = (row, _) =>
            {
                told.Add(row);
                return ValueTask.CompletedTask;
            },
        });

        report.Sent.Should().Be(rows, name);
        (report.Stored + report.Duplicates + report.Rejected).Should().Be(rows, name);
        told.Should().HaveCount((int)report.Rejected, name);
        told.Where(r => r.RowNumber < 2 || r.RowNumber > rows + 1 || r.Reason.Length < 10).Should().BeEmpty(name);
        valid.Should().BeSubsetOf(store.Events, name);
    }

    private static BillableEvent Event(Random random, int number) => Csv.Event(number, random.NextInt64(1, BillableEvent.QuantityMax)) with
    {
        ItemId = Hostile[random.Next(Hostile.Length)] is { Length: > 0 and <= BillableEvent.TextLengthMax } text ? text : "v",
        OccurredAt = new DateTimeOffset(2024, 7, 1, 0, 0, 0, TimeSpan.Zero).AddMicroseconds(random.NextInt64(86_400_000_000)),
    };

    private static byte[] Damaged(Random random, BillableEvent one)
    {
        // A damaged row has an id of its own, so that by chance it is never one of the valid ones.
        var fields = EventText.Row(one with { EventId = Guid.NewGuid(), ItemId = "v" }).Split(',');
        for (var i = random.Next(1, 3); i > 0; i--)
            fields[random.Next(fields.Length)] = Hostile[random.Next(Hostile.Length)];
        var bytes = Encoding.UTF8.GetBytes(string.Join(',', fields)).ToList();
        for (var i = random.Next(6); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.InsertRange(at, ","u8.ToArray());
                    break;
            }
        }

        return [.. bytes.Where(b => b is not ((byte)'"' or (byte)'\n'))];
    }
}
