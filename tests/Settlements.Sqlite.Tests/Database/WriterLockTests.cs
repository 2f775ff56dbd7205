namespace Settlements.Sqlite.Tests.Database;

public sealed class WriterLockTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private readonly WriterLock _lock = new();

    [Fact]
    public async Task Writers_precede_a_waiting_close_in_fifo_order()
    {
        var order = new List<string>();
        var held = await AcquireAsync(isClose: true);
        Task[] waiting = [RunAsync("close", true), RunAsync("first", false), RunAsync("second", false)];

        held.Dispose();
        await Task.WhenAll(waiting).WaitAsync(Long, TestContext.Current.CancellationToken);

        order.Should().Equal("first", "second", "close");

        async Task RunAsync(string name, bool isClose)
        {
            using var handle = await AcquireAsync(isClose);
            order.Add(name);
        }
    }

    [Fact]
    public async Task No_later_transaction_of_a_close_overtakes_a_waiting_writer()
    {
        var held = await AcquireAsync(isClose: true);
        var writer = AcquireAsync(isClose: false);
        var closes = Enumerable.Range(0, 5).Select(_ => CloseAsync()).ToList();

        held.Dispose();
        var handle = await writer.WaitAsync(Long, TestContext.Current.CancellationToken);

        handle.ClosesAhead.Should().Be(0, "the running one was granted before");
        handle.Dispose();
        await Task.WhenAll(closes).WaitAsync(Long, TestContext.Current.CancellationToken);

        async Task CloseAsync() => (await AcquireAsync(isClose: true)).Dispose();
    }

    [Fact]
    public async Task A_close_acquires_the_lock_under_constant_writes()
    {
        var before = 0;
        var held = await AcquireAsync(isClose: false);
        var close = AcquireAsync(isClose: true);
        var writers = Enumerable.Range(0, 3 * WriterLock.WritersBeforeCloseMax).Select(_ => WriteAsync()).ToList();

        held.Dispose();
        using (await close.WaitAsync(Long, TestContext.Current.CancellationToken))
            before.Should().BeLessThanOrEqualTo(WriterLock.WritersBeforeCloseMax);
        await Task.WhenAll(writers).WaitAsync(Long, TestContext.Current.CancellationToken);

        async Task WriteAsync()
        {
            using var handle = await AcquireAsync(isClose: false);
            before += close.IsCompleted ? 0 : 1;
        }
    }

    [Fact]
    public async Task A_cancelled_or_timed_out_waiter_is_removed_from_the_queue()
    {
        using var cancelled = new CancellationTokenSource();
        var held = await AcquireAsync(isClose: false);
        var waiting = _lock.AcquireAsync(isClose: false, Long, cancelled.Token).AsTask();
        await cancelled.CancelAsync();

        await waiting.Awaiting(w => w).Should().ThrowAsync<OperationCanceledException>();
        (await _lock.AcquireAsync(isClose: false, TimeSpan.Zero, CancellationToken.None)).Should().BeNull("it is held");
        _lock.QueueLength.Should().Be(0);
        held.Dispose();
        (await AcquireAsync(isClose: true)).Dispose();
    }

    [Fact]
    public void Different_paths_to_a_file_have_the_same_lock() =>
        WriterLock.ForFile("./a/../shop.db").Should().BeSameAs(WriterLock.ForFile(Path.GetFullPath("shop.db")));

    private async Task<WriterLock.Handle> AcquireAsync(bool isClose) => (await _lock.AcquireAsync(isClose, Long, CancellationToken.None))!;
}
