namespace Settlements.Tests.Loading;

/// <summary>
/// Tests of loads that fail for reasons other than a row: the original exception is thrown, reading ends, and only complete chunks are
/// stored.
/// </summary>
public sealed class LoadFailureTests
{
    [Fact]
    public async Task A_store_error_fails_the_load_with_the_original_exception_after_the_committed_chunks()
    {
        var store = new MemoryEventStore
        {
            OnCall = (call, _) => call == 3 ? throw new TimeoutException("The disk is slow.") : Task.CompletedTask,
        };
        var stream = new CountingStream(Csv.Rows(1, 1_000));

        var load = () => Csv.LoadAsync(store, stream.Stream, new() { ChunkRows = 10 });

        await load.Should().ThrowExactlyAsync<TimeoutException>().WithMessage("The disk is slow.");
        store.Events.Should().HaveCount(20);
        await stream.ShouldBeLeftAloneAsync();
    }

    [Fact]
    public async Task With_several_writers_the_first_exception_is_thrown_and_the_others_stop()
    {
        // The third chunk fails after the first two are committed, so that the result doesn't depend on the writers' speed.
        var (committed, firstTwo) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var store = new MemoryEventStore
        {
            OnCall = async (call, token) =>
            {
                if (call > 3)
                    await Task.Delay(Timeout.Infinite, token);
                if (call < 3)
                    return;
                await firstTwo.Task;
                throw new TimeoutException("The disk is slow.");
            },
            OnCommitted = _ =>
            {
                if (Interlocked.Increment(ref committed) == 2)
                    firstTwo.SetResult();
                return Task.CompletedTask;
            },
        };
        var stream = new CountingStream(Csv.Rows(1, 1_000));

        var load = () => Csv.LoadAsync(store, stream.Stream, new() { ChunkRows = 10, Writers = 3 });

        await load.Should().ThrowExactlyAsync<TimeoutException>().WithMessage("The disk is slow.");
        store.Events.Should().HaveCount(20);
        await stream.ShouldBeLeftAloneAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public async Task A_number_of_writers_out_of_its_range_is_refused(int writers)
    {
        var load = () => Csv.LoadAsync(new MemoryEventStore(), Csv.Rows(1, 3), new() { Writers = writers });

        (await load.Should().ThrowAsync<ArgumentException>()).WithMessage($"*Writers is {writers}*1 to 16*");
    }

    [Fact]
    public async Task A_stream_error_fails_the_load_with_the_original_exception_after_earlier_chunks()
    {
        var store = new MemoryEventStore { OnCall = (_, token) => Task.Delay(20, token) };
        var stream = new ScriptedStream(Csv.Stream(Csv.Rows(1, 1_000)), _ => 1_000)
        {
            OnRead = read => _ = read == 3 ? throw new IOException("The connection was reset.") : 0,
        };

        var load = () => Csv.LoadAsync(store, stream, new() { ChunkRows = 10 });

        await load.Should().ThrowExactlyAsync<IOException>().WithMessage("The connection was reset.");
        store.Events.Should().HaveCount(30, "3,000 bytes hold 36 rows, and the incomplete chunk is dropped");
    }

    [Fact]
    public async Task A_callback_error_fails_the_load_with_the_original_exception_and_keeps_its_chunk()
    {
        var store = new MemoryEventStore();
        var options = new UsageLoadOptions
        {
            ChunkRows = 2, RejectsMax = 5, OnRejected = (_, _) => throw new IOException("The disk is full."),
        };

        var load = () => Csv.LoadAsync(store, Csv.Rows(Csv.Row(1), "x", Csv.Row(2), Csv.Row(3), Csv.Row(4)), options);

        await load.Should().ThrowExactlyAsync<IOException>().WithMessage("The disk is full.");
        store.Events.Should().BeEquivalentTo([Csv.Event(1), Csv.Event(2)]);
    }

    [Fact]
    public async Task An_enumeration_error_fails_the_load_with_the_original_exception_and_disposes_the_enumerator()
    {
        var disposed = false;
        var load = () => new UsageLoader(new MemoryEventStore(), TimeProvider.System).LoadAsync(
            Failing(() => disposed = true), null, null, TestContext.Current.CancellationToken);

        await load.Should().ThrowExactlyAsync<FormatException>();
        disposed.Should().BeTrue();
    }

    [Fact]
    public async Task Cancellation_during_a_store_call_keeps_committed_chunks()
    {
        using var cancel = new CancellationTokenSource();
        var store = new MemoryEventStore { OnCall = (call, _) => call == 3 ? cancel.CancelAsync() : Task.CompletedTask };
        var stream = new CountingStream(Csv.Rows(1, 1_000));

        var load = () => new UsageLoader(store, TimeProvider.System).LoadCsvAsync(
            stream.Stream, new() { ChunkRows = 10 }, null, cancel.Token);

        (await load.Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(cancel.Token);
        store.Events.Should().HaveCount(20);
        await stream.ShouldBeLeftAloneAsync();
    }

    [Fact]
    public async Task Cancellation_between_chunks_stops_before_the_next_commit()
    {
        using var cancel = new CancellationTokenSource();
        var store = new MemoryEventStore();

        var load = () => new UsageLoader(store, TimeProvider.System).LoadCsvAsync(
            Csv.Stream(Csv.Rows(1, 1_000)), new() { ChunkRows = 10 }, new CancelsAt(50, cancel), cancel.Token);

        await load.Should().ThrowAsync<OperationCanceledException>();
        store.Events.Should().HaveCount(50);
        store.Calls.Should().Be(5);
    }

    [Fact]
    public async Task Cancellation_ends_a_read_that_waits_for_bytes()
    {
        using var cancel = new CancellationTokenSource();
        var ended = false;
        var waiting = new TaskCompletionSource();
        var load = new UsageLoader(new MemoryEventStore(), TimeProvider.System).LoadAsync(
            Waiting(waiting.SetResult, () => ended = true, TestContext.Current.CancellationToken), null, null, cancel.Token);

        await waiting.Task;
        load.IsCompleted.Should().BeFalse();
        await cancel.CancelAsync();

        (await load.Awaiting(it => it).Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(cancel.Token);
        ended.Should().BeTrue("the load returns after its reader has ended");
    }

    [Fact]
    public async Task A_token_cancelled_beforehand_reads_nothing()
    {
        var stream = Csv.Stream(Csv.Rows(1, 1));
        var load = () => new UsageLoader(new MemoryEventStore(), TimeProvider.System)
            .LoadCsvAsync(stream, null, null, new CancellationToken(canceled: true));

        await load.Should().ThrowAsync<OperationCanceledException>();
        stream.Position.Should().Be(0);
    }

    private static async IAsyncEnumerable<UsageEvent> Failing(Action disposed)
    {
        try
        {
            yield return Csv.Event(1);
            await Task.Yield();
            throw new FormatException();
        }
        finally
        {
            disposed();
        }
    }

    private static async IAsyncEnumerable<UsageEvent> Waiting(
        Action waiting, Action ended, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        try
        {
            yield return Csv.Event(1);
            waiting();
            await Task.Delay(Timeout.Infinite, token);
        }
        finally
        {
            ended();
        }
    }

    private sealed class CancelsAt(long sent, CancellationTokenSource cancel) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value)
        {
            if (value.Sent == sent)
                cancel.Cancel();
        }
    }

    private sealed class CountingStream
    {
        private int _reads;

        public CountingStream(string text) =>
            Stream = new ScriptedStream(Csv.Stream(text), _ => 500) { OnRead = _ => Interlocked.Increment(ref _reads) };

        public Stream Stream { get; }

        public async Task ShouldBeLeftAloneAsync()
        {
            var reads = _reads;
            await Task.Delay(50);
            _reads.Should().Be(reads, "the stream is not read after the load has returned");
            reads.Should().BeLessThan(100, "the reader is at most two chunks ahead");
        }
    }
}
