using System.Text;

namespace Settlements.Tests.Loading;

/// <summary>Loads files of <see cref="CsvGrammar"/> with many settings and compares the results with <see cref="CsvOracle"/>.</summary>
public sealed class CsvFuzzTests
{
    private const int FixedSeed = 20_240_701;

    // Half of the files have a fixed seed, half a random one.
    private static readonly int Files = (Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long" ? 20_000 : 300) / 2;

    private static readonly string[] Columns = Csv.Header.Split(',');

    [Fact]
    public Task Malformed_files_of_a_fixed_seed_are_loaded_as_the_oracle_expects() => LoadFilesAsync(FixedSeed);

    [Fact]
    public Task Malformed_files_of_a_random_seed_are_loaded_as_the_oracle_expects() =>
        LoadFilesAsync(Random.Shared.Next(int.MaxValue - Files));

    private static async Task LoadFilesAsync(int firstSeed)
    {
        for (var seed = firstSeed; seed < firstSeed + Files; seed++)
        {
            var random = new Random(seed);
            var (file, valid) = new CsvGrammar(random).Grow();
            try
            {
                await LoadAsync(file, valid, random);
            }
            catch (Exception e)
            {
                var start = Encoding.Latin1.GetString(file.AsSpan(..Math.Min(file.Length, 4_000)));
                var visible = string.Concat(start.Select(each => char.IsControl(each) && each != '\n' ? '\u00B7' : each));
                throw new InvalidOperationException(
                    $"The file of seed {seed} ({file.Length} bytes) is not loaded as expected: {e.Message}\n{visible}", e);
            }
        }
    }

    private static async Task LoadAsync(byte[] file, IReadOnlyList<(int Start, int End, UsageEvent Event)> valid, Random random)
    {
        var rows = CsvOracle.Read(file);
        if (rows is null)
        {
            var load = () => Csv.LoadAsync(new MemoryEventStore(), Cut(file, random), new UsageLoadOptions { RejectsMax = int.MaxValue });
            (await load.Should().ThrowAsync<RowRejectedException>()).Which.RowNumber.Should().Be(1, "the header is wrong");
            return;
        }

        var expected = new Expected(rows);
        expected.HoldsTo(valid);
        await CheckReadAsync(file, rows, random);
        foreach (var chunkRows in new[] { 1_000, random.Next(1, 8) })
            await CheckLoadAsync(file, expected, chunkRows, random);
        if (expected.Rejected.Count > 0)
            await CheckStopAsync(file, expected, random);
    }

    // Only the reader, on this thread, so that its allocations can be counted.
    private static async Task CheckReadAsync(byte[] file, List<CsvOracle.Row> rows, Random random)
    {
        var stream = Cut(file, random);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new CsvEventReader(stream, bufferBytes: random.Next(16, 100_000));
        var chunk = new EventChunk(random.Next(1, 50));
        var (events, rejected, reads) = (new List<UsageEvent>(rows.Count), 0, 0);
        for (var more = true; more; reads++)
        {
            chunk.Clear();
            more = await reader.FillAsync(chunk, TestContext.Current.CancellationToken);
            rejected += chunk.Rejected.Count;
            for (var i = 0; i < chunk.Batch.Count; i++)
                events.Add(chunk.Batch[i]);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        events.Should().Equal(rows.Where(row => row.Event is not null).Select(row => row.Event!.Value));
        rejected.Should().Be(rows.Count(row => row.Event is null));
        allocated.Should().BeLessThan(
            500_000 + 3_000L * (rows.Count - rejected) + 10_000L * rejected,
            "buffers are bounded, and a row allocates only its rejection report");
    }

    private static async Task CheckLoadAsync(byte[] file, Expected expected, int chunkRows, Random random)
    {
        var store = new MemoryEventStore();
        var reported = new List<RejectedRow>();
        var options = new UsageLoadOptions
        {
            ChunkRows = chunkRows,
            RejectsMax = random.Next(2) == 0 ? expected.Rejected.Count : int.MaxValue,
            Writers = expected.HasConflicts ? 1 : random.Next(1, 4),
            OnRejected = (row, _) =>
            {
                reported.Add(row);
                return ValueTask.CompletedTask;
            },
        };

        var report = await Csv.LoadAsync(store, Cut(file, random), options);

        (report.Stored + report.Duplicates + report.Rejected).Should().Be(report.Sent);
        (report.Sent, report.Stored, report.Duplicates, report.Rejected).Should().Be(
            (expected.Rows.Count, expected.Stored.Count, expected.Duplicates, expected.Rejected.Count));
        store.Events.OrderBy(e => e.EventId).Should().Equal(expected.Stored.Values.OrderBy(e => e.EventId));
        reported.Select(row => row.RowNumber).Order().Should().Equal(expected.Rejected);
        foreach (var row in reported)
            CheckReported(row, expected.Rows[(int)row.RowNumber - 2], file);
    }

    /// <summary>A line ends with LF, CRLF or CR.</summary>
    private static long LineAt(byte[] file, int at)
    {
        var line = 1L;
        for (var i = 0; i < at; i++)
            line += file[i] == '\n' || (file[i] == '\r' && file[i + 1] != '\n') ? 1 : 0;
        return line;
    }

    private static void CheckReported(RejectedRow reported, CsvOracle.Row row, byte[] file)
    {
        if (reported.Column is not null)
            Columns.Should().Contain(reported.Column);
        reported.Reason.Should().EndWith(".").And.NotContain("\n").And.NotContain("\0");
        reported.Reason.Length.Should().BeLessThan(1_200);
        reported.LineNumber.Should().Be(LineAt(file, row.Start));
        reported.Raw.Length.Should().BeLessThanOrEqualTo(RejectedRow.RawLengthMax);
        if (row.Event is null && row.End - row.Start <= RejectedRow.RawLengthMax)
            reported.Raw.Should().Be(Encoding.UTF8.GetString(file, row.Start, row.End - row.Start));
    }

    // With a limit one below the number of malformed rows the load stops at one of them, and the stored rows are correct.
    private static async Task CheckStopAsync(byte[] file, Expected expected, Random random)
    {
        var store = new MemoryEventStore();
        var options = new UsageLoadOptions { ChunkRows = random.Next(1, 20), RejectsMax = random.Next(expected.Rejected.Count) };

        var load = () => Csv.LoadAsync(store, Cut(file, random), options);

        var error = (await load.Should().ThrowAsync<RowRejectedException>()).Which;
        expected.Rejected.Should().Contain(error.RowNumber);
        store.Events.Except(expected.Stored.Values).Should().BeEmpty();
    }

    // Reads of any size; not of a few bytes for long files, to save time.
    private static ScriptedStream Cut(byte[] file, Random random)
    {
        var most = random.Next(3) switch { 0 => 1 + file.Length / 1_000, 1 => random.Next(1, 200) + file.Length / 1_000, _ => 2_000_000 };
        var sizes = new Random(random.Next());
        return new ScriptedStream(new MemoryStream(file), _ => sizes.Next(1, most + 1));
    }

    /// <summary>The expected outcome of each row of a file, for any chunk size: the first row of an id is stored.</summary>
    private sealed class Expected
    {
        public Expected(List<CsvOracle.Row> rows)
        {
            Rows = rows;
            for (var i = 0; i < rows.Count; i++)
            {
                if (rows[i].Event is not { } billable)
                    Rejected.Add(i + 2);
                else if (Stored.TryAdd(billable.EventId, billable))
                    continue;
                else if (Stored[billable.EventId] == billable)
                    Duplicates++;
                else
                    Conflict(i + 2);
            }
        }

        public List<CsvOracle.Row> Rows { get; }

        public Dictionary<Guid, UsageEvent> Stored { get; } = [];

        public int Duplicates { get; }

        public List<long> Rejected { get; } = [];

        public bool HasConflicts { get; private set; }

        /// <summary>Asserts that undamaged rows are read as they were written.</summary>
        public void HoldsTo(IReadOnlyList<(int Start, int End, UsageEvent Event)> valid)
        {
            var byStart = Rows.ToDictionary(row => row.Start);
            foreach (var (start, end, billable) in valid)
            {
                if (byStart.TryGetValue(start, out var row) && row.End == end)
                    row.Event.Should().Be(billable);
            }
        }

        private void Conflict(int rowNumber)
        {
            Rejected.Add(rowNumber);
            HasConflicts = true;
        }
    }
}
