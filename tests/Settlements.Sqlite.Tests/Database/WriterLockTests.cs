namespace Settlements.Sqlite.Tests.Database;

public sealed class WriterLockTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private readonly WriterLock _lock = new();

    [Fact]
    public async Task Others_go_before_a_close_that_came_first_in_the_order_in_which_they_came()
    {
        var order = new List<string>();
        var held = await TakeAsync(isClose: true);
        Task[] waiting = [RunAsync("close", true), RunAsync("first", false), RunAsync("second", false)];

        held.Dispose();
        await Task.WhenAll(waiting).WaitAsync(Long, TestContext.Current.CancellationToken);

        order.Should().Equal("first", "second", "close");

        async Task RunAsync(string name, bool isClose)
        {
            using var turn = await TakeAsync(isClose);
            order.Add(name);
        }
    }

    [Fact]
    public async Task A_writer_that_waits_is_overtaken_by_no_transaction_of_a_close_that_came_later()
    {
        var held = await TakeAsync(isClose: true);
        var writer = TakeAsync(isClose: false);
        var closes = Enumerable.Range(0, 5).Select(_ => CloseAsync()).ToList();

        held.Dispose();
        var turn = await writer.WaitAsync(Long, TestContext.Current.CancellationToken);

        turn.CloseTurnsAhead.Should().Be(0, "the one under way began before");
        turn.Dispose();
        await Task.WhenAll(closes).WaitAsync(Long, TestContext.Current.CancellationToken);

        async Task CloseAsync() => (await TakeAsync(isClose: true)).Dispose();
    }

    [Fact]
    public async Task A_close_gets_its_turn_although_others_always_wait()
    {
        var before = 0;
        var held = await TakeAsync(isClose: false);
        var close = TakeAsync(isClose: true);
        var others = Enumerable.Range(0, 3 * WriterLock.OthersMax).Select(_ => OtherAsync()).ToList();

        held.Dispose();
        using (await close.WaitAsync(Long, TestContext.Current.CancellationToken))
            before.Should().BeLessThanOrEqualTo(WriterLock.OthersMax);
        await Task.WhenAll(others).WaitAsync(Long, TestContext.Current.CancellationToken);

        async Task OtherAsync()
        {
            using var turn = await TakeAsync(isClose: false);
            before += close.IsCompleted ? 0 : 1;
        }
    }

    [Fact]
    public async Task Who_gives_up_is_no_longer_in_the_queue()
    {
        using var cancelled = new CancellationTokenSource();
        var held = await TakeAsync(isClose: false);
        var gone = _lock.WaitAsync(isClose: false, Long, cancelled.Token).AsTask();
        await cancelled.CancelAsync();

        await gone.Awaiting(g => g).Should().ThrowAsync<OperationCanceledException>();
        (await _lock.WaitAsync(isClose: false, TimeSpan.Zero, CancellationToken.None)).Should().BeNull("it is held");
        _lock.Waiting.Should().Be(0);
        held.Dispose();
        (await TakeAsync(isClose: true)).Dispose();
    }

    [Fact]
    public void A_file_has_one_lock_whatever_path_leads_to_it() =>
        WriterLock.Of("./a/../shop.db").Should().BeSameAs(WriterLock.Of(Path.GetFullPath("shop.db")));

    private async Task<WriterLock.Turn> TakeAsync(bool isClose) => (await _lock.WaitAsync(isClose, Long, CancellationToken.None))!;
}
