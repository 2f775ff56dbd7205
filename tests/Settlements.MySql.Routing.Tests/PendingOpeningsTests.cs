#pragma warning disable CA2012 // each ValueTask is awaited once, later


namespace Settlements.MySql.Routing.Tests;

public sealed class PendingOpeningsTests
{
    [Fact]
    public async Task A_wait_ends_when_the_opening_succeeds_or_fails()
    {
        var pending = new PendingOpenings();
        (await pending.WaitAsync(Task.CompletedTask)).Should().BeTrue();

        var (one, other) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (first, second) = (pending.WaitAsync(one.Task), pending.WaitAsync(other.Task));
        one.SetResult();
        other.SetException(new IOException("lost"));

        (await first).Should().BeTrue();
        (await second).Should().BeTrue("the caller awaits the opening itself for its error");
    }

    [Fact]
    public async Task Pending_waits_are_abandoned_immediately_and_later_waits_are_not()
    {
        var pending = new PendingOpenings();
        var opening = new TaskCompletionSource();
        var waiting = pending.WaitAsync(opening.Task);

        pending.AbandonAll();

        (await waiting).Should().BeFalse();
        var later = new TaskCompletionSource();
        var next = pending.WaitAsync(later.Task);
        opening.SetResult();
        later.SetResult();
        (await next).Should().BeTrue();
    }

    [Fact]
    public async Task Concurrent_waits_that_complete_while_they_are_abandoned_each_get_one_result()
    {
        var pending = new PendingOpenings();
        for (var round = 0; round < 200; round++)
        {
            var openings = Enumerable.Range(0, 16)
                .Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToList();
            var waiting = openings.Select(o => pending.WaitAsync(o.Task).AsTask()).ToList();
            var ending = Task.Run(() => openings.ForEach(o => o.SetResult()));
            pending.AbandonAll();
            await ending;

            (await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30))).Should().HaveCount(16);
        }
    }

    [Fact]
    public async Task A_wait_that_reuses_an_entry_allocates_nothing()
    {
        var pending = new PendingOpenings();
        var least = long.MaxValue;
        for (var time = 0; time < 20; time++)
        {
            var opening = new TaskCompletionSource();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var waiting = pending.WaitAsync(opening.Task);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            opening.SetResult();
            (await waiting).Should().BeTrue();
        }

        least.Should().Be(0);
    }
}
