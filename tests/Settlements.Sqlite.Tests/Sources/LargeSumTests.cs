using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests.Sources;

/// <summary>Sums beyond 64 bits, and days that can't be divided into slices of equal size.</summary>
public sealed class LargeSumTests
{
    private const string Table =
        "CREATE TABLE plays (id INTEGER, at TEXT, v TEXT, o TEXT, n INTEGER); CREATE INDEX plays_at ON plays (at, id);";

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task A_sum_beyond_64_bits_quarantines_its_item_and_no_other(int chunkRowsMax)
    {
        await using var store = new SqliteUnderTest();
        await store.ExecuteAsync($"""
            {Table}
            INSERT INTO plays VALUES (1, '2024-07-01 01:00:00', 'a', 'p', 9223372036854775807),
                                     (2, '2024-07-01 01:00:00', 'a', 'p', 9223372036854775807),
                                     (3, '2024-07-01 01:00:00', 'b', 'p', 5), (4, '2024-07-01 02:00:00', 'a', 'p', 9223372036854775807);
            """);
        await using var scenario = await Scenario.StartAsync(store, s => s
            .Configure(o => o.ChunkRowsMax = chunkRowsMax)
            .Source("plays", p => p.Table("plays").Key("at", "id").OccurredAt("at").Item("v").Payee("o").Sums("video.view", "n"))
            .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 2m)));

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Select(l => (l.ItemId, l.Quantity, l.Amount)).Should().Equal(("b", 5L, 10m));
        (await scenario.Engine.Days.ListQuarantinedAsync()).Select(q => (q.ItemId, q.Quantity, q.Events))
            .Should().Equal(("a", 3 * (Int128)long.MaxValue, 3L));
    }

    [Fact]
    public async Task Every_row_is_in_one_slice_and_no_slice_exceeds_its_limit()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync([.. Enumerable.Range(1, 23).Select(i => Scenario.Event(i, Scenario.Monday, i))]);
        var source = scenario.Services.GetRequiredService<IUsageSourceFactory>().CreateEventTable();
        var day = new SourceDay(Scenario.Monday, new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), []);
        foreach (var chunkRowsMax in new[] { 1, 2, 5, 22, 23, 24, 1_000_000 })
        {
            var slices = await source.SliceAsync(day, chunkRowsMax, default);
            var totals = new SumAccumulator();
            var rows = new List<long>();
            foreach (var slice in slices)
                rows.Add(await source.SumAsync(day, slice, totals, default));

            rows.Sum().Should().Be(23);
            rows.Should().OnlyContain(r => r > 0 && r <= chunkRowsMax);
            totals.Controls.Sum(c => c.Quantity).Should().Be(23 * 24 / 2);
        }
    }

    [Fact]
    public async Task A_cancelled_sum_throws_and_leaves_the_connection_usable()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        var source = scenario.Services.GetRequiredService<IUsageSourceFactory>().CreateEventTable();
        var day = new SourceDay(Scenario.Monday, new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), []);

        var cancelled = () => source.SumAsync(day, null, new SumAccumulator(), new CancellationToken(canceled: true));

        await cancelled.Should().ThrowAsync<OperationCanceledException>();
        (await source.SumAsync(day, null, new SumAccumulator(), default)).Should().Be(1);
    }
}
