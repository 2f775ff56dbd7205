using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

/// <summary>Slices of a day: planned from the index, read by ranges of the index, and limited to the day's rows.</summary>
public sealed class PlanTests(SharedServer shared)
{
    private static readonly UtcRange Day = new BusinessCalendar("Asia/Seoul").RangeOf(Scenario.Monday);

    [Fact]
    public async Task Many_rows_are_divided_into_slices_of_similar_size_that_contain_each_row_once()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await store.FixStatisticsAsync("usage_events");

        // Most rows are in one hour, some in one microsecond.
        await store.ExecuteAsync($"""
            INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
            SELECT '2024-06-30 14:50:00' + INTERVAL (CASE WHEN seq % 10 < 7 THEN seq % 3600 + 20000
                WHEN seq % 10 = 7 THEN 5000 ELSE seq % 86400 END) SECOND,
                   UNHEX(MD5(seq)), 'video.view', seq % 50, 'p', 1 FROM {Numbers.To(60_000)}
            """);
        await store.ExecuteAsync("ANALYZE TABLE usage_events");
        var source = scenario.Services.GetRequiredService<IUsageSourceFactory>().CreateEventTable();
        var day = new SourceDay(Scenario.Monday, new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), []);

        var slices = await source.SliceAsync(day, 5_000, default);

        slices.Count.Should().BeInRange(8, 100);
        var counts = new List<long>();
        var totals = new SumAccumulator();
        foreach (var slice in slices)
            counts.Add(await source.SumAsync(day, slice, totals, default));
        counts.Sum().Should()
            .Be(await store.CountAsync(
                "SELECT count(*) FROM usage_events WHERE occurred_at >= '2024-06-30 15:00' AND occurred_at < '2024-07-01 15:00'"));
        totals.Order().Sum(sum => (long)totals.Read(sum).Quantity).Should().Be(counts.Sum());
        counts.Where(c => c > 15_000).Should().BeEmpty("estimates are inexact, but within a factor of three");
    }

    [Fact]
    public async Task A_large_day_is_divided_between_two_workers_even_if_the_server_estimates_half_of_the_table()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await store.FixStatisticsAsync("usage_events");
        await store.ExecuteAsync($"""
            INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
            SELECT '2024-06-30 15:00:00' + INTERVAL seq SECOND, UNHEX(MD5(seq)), 'v', 'v', 'p', 1 FROM {Numbers.To(86_000)};
            INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
            SELECT '2024-06-30 15:00:00' + INTERVAL seq SECOND, UNHEX(MD5(-seq)), 'v', 'v', 'p', 1 FROM {Numbers.To(86_000)};
            """);
        await store.ExecuteAsync("ANALYZE TABLE usage_events");
        var source = scenario.Services.GetRequiredService<IUsageSourceFactory>().CreateEventTable();
        var day = new SourceDay(Scenario.Monday, new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), []);

        var slices = await source.SliceAsync(day, 6_000_000, default);

        slices.Should().HaveCount(2);
        foreach (var slice in slices)
            (await source.SumAsync(day, slice, new SumAccumulator(), default)).Should().BeInRange(60_000, 112_000);
    }

    [Fact]
    public void Pieces_are_combined_into_as_few_slices_as_their_rows_allow_an_even_number_for_a_large_day()
    {
        Rows(6_000_000, [625_000, 625_000, 625_000, 625_000]).Should().Equal(1_250_000, 1_250_000);
        Rows(1_000_000, [250_000, 250_000, 250_000, 250_000, 250_000, 250_000, 250_000, 250_000, 1_000]).Should()
            .Equal(500_000, 500_000, 500_000, 501_000);
        Rows(6_000_000, [60_000, 60_000]).Should().Equal([120_000], "the day is small");
        Rows(1_000, [900, 10, 10, 10, 900]).Should().Equal(910, 920);
        Rows(6_000_000, [0, 9_000_000, 0]).Should().Equal(9_000_000);
        Rows(100, [0, 0]).Should().Equal(0);

        static IEnumerable<long> Rows(int rowsMax, long[] pieces)
        {
            var slices = SlicePlanner.Combine([.. pieces.Select((rows, i) => new SlicePlanner.Piece(i, i + 1, rows))], rowsMax);
            slices[0].First.Should().Be(0);
            slices[^1].End.Should().Be(pieces.Length);
            slices.Skip(1).Select(s => s.First).Should().Equal(slices.SkipLast(1).Select(s => s.End));
            return slices.Select(s => s.Rows);
        }
    }

    [Theory]
    [InlineData("""{"From":["d2024-07-01T01:00:00.000000"],"To":["d2024-07-01T02:00:00.000000"],"Late":false}""")]
    [InlineData("""{"From":["d2024-07-01T01:00:00.000000","x00000000000000000000000000000000"],"To":null,"Late":false}""")]
    [InlineData("""{"From":null,"To":["d2024-07-01T02:00:00.000000","xff000000000000000000000000000000"],"Late":false}""")]
    public async Task A_slice_is_read_by_the_key_and_reads_only_its_rows(string bounds)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await store.FixStatisticsAsync("usage_events");
        await store.ExecuteAsync($"""
            INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
            SELECT '2024-06-30 15:00:00' + INTERVAL seq SECOND, UNHEX(MD5(seq)), 'video.view', 'v', 'p', 1 FROM {Numbers.To(86_000)}
            """);
        await store.ExecuteAsync("ANALYZE TABLE usage_events");
        await using var connection = new MySqlConnection(store.ConnectionString);
        await connection.OpenAsync();

        var estimate = await EventRows.OnTime(Day).EstimateAsync(connection, SourceSlice.Parse(bounds), default);

        estimate.Should().BeInRange(1, bounds.Contains("null", StringComparison.Ordinal) ? 70_000 : 9_000);
        await using var explain = EventRows.OnTime(Day).Select(connection, "item_id", SourceSlice.Parse(bounds), head: "EXPLAIN ");
        await using var plan = await explain.ExecuteReaderAsync();
        await plan.ReadAsync();
        (plan["type"], plan["key"]).Should().Be(("range", "PRIMARY"));
    }

    [Fact]
    public async Task A_cancelled_read_ends_within_a_second_without_reading_the_remaining_rows()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync("CREATE TABLE big (a BIGINT PRIMARY KEY)");
        await using var connection = new MySqlConnection(store.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT a.seq FROM {Numbers.To(100_000, "a")}, {Numbers.To(100_000, "b")}";
        using var cancel = new CancellationTokenSource();
        var seen = new Counter(() => cancel.CancelAfter(0), 10_000);

        var read = () => RowStream.ReadAsync(command, seen, cancel.Token);

        await read.Should().ThrowAsync<Exception>();
        seen.Rows.Should().BeLessThan(50_000_000);
    }

    private sealed class Counter(Action at, int rows) : IRowHandler
    {
        public long Rows { get; private set; }

        public void OnRow(MySqlDataReader reader)
        {
            if (++Rows == rows)
                at();
        }
    }
}
