using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>
/// Contract tests of day boundaries: every instant belongs to one day, even when the zone's rules change between two closes.
/// </summary>
public abstract class BoundaryContract
{
    private static readonly BusinessCalendar Seoul = new("Asia/Seoul");

    protected abstract StoreUnderTest NewStore();

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(25)]
    [InlineData(-23)]
    public async Task After_a_zone_rule_change_the_next_day_starts_where_the_last_ended_and_every_event_is_counted_once(int hours)
    {
        var (tuesday, wednesday, thursday) = (Scenario.Monday.AddDays(1), Scenario.Monday.AddDays(2), Scenario.Monday.AddDays(3));
        await using var store = NewStore();
        await PlaysTable.CreateAsync(store);
        await using var scenario = await Scenario.StartAsync(store, s =>
        {
            Scenario.UsualRates(s);
            PlaysTable.Use(s);
            s.Configure(o => o.ChunkRowsMax = 40);
        });
        await scenario.LoadAsync([.. Enumerable.Range(0, 4 * 48).Select(i => Scenario.Event(i + 1, Scenario.Monday, hour: i * 0.5))]);
        await store.ExecuteAsync("INSERT INTO plays (id, played_at, video_id, owner_id) VALUES "
            + string.Join(", ", Enumerable.Range(0, 4 * 48).Select(
            i => FormattableString.Invariant($"({i}, {UnixMicroseconds.From(Scenario.Instant(Scenario.Monday, i * 0.5))}, 'own', 'p1')"))));
        await scenario.CloseAsync(Scenario.Monday);

        // Under the zone rules of that close, Tuesday ends at another instant.
        var asThen = new UtcRange(Seoul.RangeOf(tuesday).Start, Seoul.RangeOf(tuesday).End.AddHours(hours));
        await scenario.Services.GetRequiredService<IDayStore>().BeginClosingAsync(tuesday, asThen, Seoul.ToString(), default);
        await scenario.CloseAsync(tuesday);
        var closed = await scenario.Engine.Days.CloseThroughAsync(thursday);

        closed[0].ExpectedRange.Should().Be(Seoul.RangeOf(wednesday));
        var lines = await scenario.LinesAsync();
        lines.Should().OnlyContain(l => l.UsageDate == l.PostingDate);
        lines.GroupBy(l => l.ItemId).Select(g => (g.Key, g.Sum(l => l.Quantity))).Should().Equal(("own", 192), ("v1", 192));
        lines.Where(l => l.PostingDate == tuesday).Select(l => l.Quantity).Should().Equal(48 + (2 * hours), 48 + (2 * hours));
        var recorded = await scenario.Services.GetRequiredService<IDayStore>().ListAsync(null, default);
        recorded.Zip(recorded.Skip(1)).Should().OnlyContain(two => two.First.Range.End == two.Second.Range.Start);
        await scenario.CheckAsync(Scenario.Monday, thursday);

        // Late usage has the usage date whose recorded range contains its instant.
        var late = Scenario.Event(1_000, tuesday, 3, hour: 24 + (hours / 2.0));
        (await scenario.LoadAsync(late)).Late.Should().Be(1);
        await scenario.CloseAsync(thursday.AddDays(1));
        (await scenario.LinesAsync(thursday.AddDays(1))).Select(l => (l.UsageDate, l.Quantity)).Should().Equal(
            (hours > 0 ? tuesday : wednesday, 3));
        await scenario.CheckAsync(Scenario.Monday, thursday.AddDays(1));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, -1)]
    [InlineData(2, 0)]
    public async Task A_day_that_does_not_follow_the_last_published_one_is_refused(int daysLater, int hoursLater)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday));
        await scenario.CloseAsync(Scenario.Monday);
        var day = Scenario.Monday.AddDays(daysLater);
        var range = new UtcRange(Seoul.RangeOf(day).Start.AddHours(hoursLater), Seoul.RangeOf(day).End);

        var days = scenario.Services.GetRequiredService<IDayStore>();
        await days.Invoking(d => d.BeginClosingAsync(day, range, Seoul.ToString(), default)).Should().ThrowAsync<CloseRefusedException>()
            .WithMessage(hoursLater == 0
                ? "*the last day that is not open is 2024-07-01 (published)*"
                : "*the previous day, 2024-07-01, was closed as*");
        (await days.ListAsync(null, default)).Should().ContainSingle("nothing was changed");
    }
}
