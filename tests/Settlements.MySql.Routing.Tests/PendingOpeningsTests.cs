#pragma warning disable CA2012 // each is awaited once, only later


namespace Settlements.MySql.Routing.Tests;

public sealed class PendingOpeningsTests
{
    [Fact]
    public async Task An_opening_that_ends_is_waited_for_well_or_not()
    {
        var pending = new PendingOpenings();
        (await pending.WaitAsync(Task.CompletedTask)).Should().BeTrue();

        var (one, other) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (first, second) = (pending.WaitAsync(one.Task), pending.WaitAsync(other.Task));
        one.SetResult();
        other.SetException(new IOException("gone"));

        (await first).Should().BeTrue();
        (await second).Should().BeTrue("how it ended is the opening's own matter");
    }

    [Fact]
    public async Task Openings_under_way_are_given_up_at_once_and_later_ones_are_not()
    {
        var pending = new PendingOpenings();
        var opening = new TaskCompletionSource();
        var waiting = pending.WaitAsync(opening.Task);

        pending.GiveUp();

        (await waiting).Should().BeFalse();
        var later = new TaskCompletionSource();
        var next = pending.WaitAsync(later.Task);
        opening.SetResult();
        later.SetResult();
        (await next).Should().BeTrue();
    }

    [Fact]
    public async Task Many_at_a_time_that_end_as_they_are_given_up_each_get_one_answer()
    {
        var pending = new PendingOpenings();
        for (var round = 0; round < 200; round++)
        {
            var openings = Enumerable.Range(0, 16).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToList();
            var waiting = openings.Select(o => pending.WaitAsync(o.Task).AsTask()).ToList();
            var ending = Task.Run(() => openings.ForEach(o => o.SetResult()));
            pending.GiveUp();
            await ending;

            (await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30))).Should().HaveCount(16);
        }
    }

    [Fact]
    public async Task A_wait_allocates_nothing_once_there_were_as_many_before()
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
