using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.Tests.Usage;

public sealed class ShardedSourceTests
{
    private static readonly SourceMeter Meter = new("video.view", "clicks", null, null);

    private static readonly SourceDay Day = new(
        Scenario.Monday, new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), [Meter]);

    [Fact]
    public async Task Each_row_is_in_one_slice_and_the_slices_of_the_servers_alternate()
    {
        var (first, second) = (Shard("a", 1, slices: 3), Shard("b", 100, slices: 2));
        var sharded = new ShardedSource([first, second]);

        var slices = await sharded.SliceAsync(Day, 10, default);
        var totals = new SumAccumulator();
        foreach (var slice in slices)
            await sharded.SumAsync(Day, SourceSlice.Parse(slice.ToString()), totals, default);

        slices.Select(s => (long)s.From![0].Value).Should().Equal(0, 1, 0, 1, 0);
        (first.Summed.Count, second.Summed.Count).Should().Be((3, 2));
        totals.Count.Should().Be(20);
        totals.Controls.Should().ContainSingle().Which.Events.Should().Be(20);
        var whole = new SumAccumulator();
        (await sharded.SumAsync(Day, null, whole, default)).Should().Be(20);
        whole.Count.Should().Be(20);
    }

    [Fact]
    public async Task The_first_instant_is_that_of_all_servers()
    {
        var sharded = new ShardedSource([Shard("a", 1, slices: 1), new MemorySource("clicks", [Meter], 1)]);

        (await sharded.FindFirstInstantAsync(null, default)).Should().Be(Scenario.Instant(Scenario.Monday, 12));
    }

    [Fact]
    public async Task A_server_that_is_named_twice_is_refused()
    {
        var sharded = new ShardedSource([Shard("a", 1, slices: 1), Shard("a", 1, slices: 1)]);

        await sharded.Invoking(s => s.IdentifyAsync(default)).Should().ThrowAsync<UsageSourceException>()
            .WithMessage("Source 'clicks': the table memory is configured 2 times*");
    }

    [Fact]
    public async Task The_state_is_known_when_all_servers_tell_it()
    {
        var (first, second) = (Shard("a", 1, slices: 1), Shard("b", 100, slices: 1));
        var sharded = new ShardedSource([first, second]);

        first.State = "1";
        (await sharded.FindStateAsync(Day, default)).Should().BeNull();
        second.State = "2";
        (await sharded.FindStateAsync(Day, default)).Should().Be("1\n2");
    }

    private static MemorySource Shard(string item, int id, int slices)
    {
        var source = new MemorySource("clicks", [Meter], slices);
        for (var i = 0; i < 10; i++)
            source.Events.Enqueue(Scenario.Event(id + i, Scenario.Monday, 1, $"{item}{i}"));
        return source;
    }
}
