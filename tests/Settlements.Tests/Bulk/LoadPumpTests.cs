namespace Settlements.Tests.Bulk;

/// <summary>Tests of the chunks of a resumed load.</summary>
public sealed class LoadPumpTests
{
    [Fact]
    public async Task A_resumed_load_repeats_recorded_chunks_and_chunks_before_one_end_where_it_starts()
    {
        var target = new Chunks();
        var progress = new List<LoadCounts>();
        var pump = new LoadPump<Chunk>(
            new Rows(100, malformed: 0), target, new LoadLimits(20, 1, 0, null), TimeProvider.System, progress.Add)
        {
            Recorded = [new RecordedChunk(1, 7, 0), new RecordedChunk(31, 45, 0)],
        };

        var counts = await pump.RunAsync(TestContext.Current.CancellationToken);

        target.Resumed.Should().Equal((1, 7), (31, 45));
        target.Stored.Should().Equal((8, 20), (28, 3), (76, 20), (96, 5));
        (counts.Sent, counts.Resumed, counts.Stored, counts.Rejected).Should().Be((100, 52, 48, 0));
        progress.Select(done => done.Sent).Should().BeInAscendingOrder().And.HaveCount(6);
    }

    [Fact]
    public async Task A_recorded_chunk_with_more_malformed_rows_than_the_current_limit_is_repeated()
    {
        const int Malformed = LoadChunk.RejectedMax + 500;
        var target = new Chunks();
        var pump = new LoadPump<Chunk>(
            new Rows(Malformed + 3, Malformed), target, new LoadLimits(5_000, 2, Malformed, null), TimeProvider.System, null)
        {
            Recorded = [new RecordedChunk(1, Malformed + 1, Malformed)],
        };

        var counts = await pump.RunAsync(TestContext.Current.CancellationToken);

        target.Resumed.Should().Equal((1, Malformed + 1));
        target.Stored.Should().Equal((Malformed + 2, 2));
        (counts.Sent, counts.Resumed, counts.Stored, counts.Rejected).Should().Be((Malformed + 3, 1, 2, Malformed));
    }

    [Fact]
    public async Task Rows_rejected_by_an_earlier_start_count_against_the_limit()
    {
        var pump = new LoadPump<Chunk>(
            new Rows(10, malformed: 6), new Chunks(), new LoadLimits(2, 1, RejectsMax: 5, null), TimeProvider.System, null)
        {
            Recorded = [new RecordedChunk(1, 4, 4)],
        };

        var load = () => pump.RunAsync(TestContext.Current.CancellationToken);

        var error = (await load.Should().ThrowAsync<RowRejectedException>()).Which;
        error.RowNumber.Should().Be(6);
        error.Message.Should().EndWith(
            "6 rows were rejected, more than the limit of 5 (RejectsMax). Correct the rows, or raise the limit.");
    }

    private sealed class Chunk : LoadChunk
    {
        private int _count;

        public override int Count => _count;

        public void Add() => _count++;

        protected override void ClearRows() => _count = 0;
    }

    /// <summary>A source of numbered rows that starts with malformed ones.</summary>
    private sealed class Rows(int count, int malformed) : ILoadSource<Chunk>
    {
        private int _row;

        public ValueTask<bool> FillAsync(Chunk chunk, CancellationToken cancellationToken)
        {
            while (_row < count && !chunk.IsFull)
            {
                if (++_row <= malformed)
                    chunk.Reject(new RejectedRow(_row, null, "It is malformed.", ""));
                else
                    chunk.Add();
            }

            return ValueTask.FromResult(_row < count);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A target that records the first row and the number of rows of each chunk.</summary>
    private sealed class Chunks : ILoadTarget<Chunk>
    {
        public List<(long FirstRow, int Rows)> Stored { get; } = [];

        public List<(long FirstRow, int Rows)> Resumed { get; } = [];

        public Chunk CreateChunk() => new();

        public Task<ChunkOutcome> StoreAsync(
            Chunk chunk, int rejectsMax, Func<IReadOnlyList<RejectedRow>, Task> report, CancellationToken cancellationToken)
        {
            lock (Stored)
                Stored.Add((chunk.FirstRow, chunk.RowCount));
            return Task.FromResult(new ChunkOutcome { Stored = chunk.Count, Rejected = [.. chunk.Rejected] });
        }

        public Task<ChunkOutcome> ResumeAsync(Chunk chunk, CancellationToken cancellationToken)
        {
            Resumed.Add((chunk.FirstRow, chunk.RowCount));
            return Task.FromResult(new ChunkOutcome { IsResumed = true, RejectedBefore = chunk.Rejected.Count });
        }
    }
}
