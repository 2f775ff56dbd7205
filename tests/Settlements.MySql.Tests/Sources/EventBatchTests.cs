using System.Globalization;
using Dapper;
using MySqlConnector;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

/// <summary>Events that are read as one value for each interval of time have the sums of the rows.</summary>
public sealed class EventBatchTests(SharedServer shared)
{
    private const long PacketBytesMax = 16 << 20;
    private const string Rows = "occurred_at >= '2024-06-30 15:00' AND occurred_at < '2024-07-01 15:00' AND posting_date IS NULL";

    private static readonly UtcRange Day = new BusinessCalendar("Asia/Seoul").RangeOf(Scenario.Monday);

    /// <summary>Meters, items and payees with multibyte characters, quotes and backslashes, and quantities of any sign and size.</summary>
    private const string Diverse = """
        INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity, posting_date)
        SELECT '2024-06-30 14:30:00' + INTERVAL seq * 4.5 SECOND, UNHEX(MD5(seq)), ELT(1 + seq % 3, 'video.view', 'ad.view', 'm'),
            CONCAT('영상 \\''', seq % 97), CONCAT('p', seq % 7), (CAST(seq % 11 AS SIGNED) - 3) * IF(seq % 1000 = 0, 1000000000000, 1),
            IF(seq % 50 = 0, '2024-07-02', NULL)
        FROM $numbers
        """;

    /// <summary>Of 20,000 rows, 6,000 are in the same microsecond.</summary>
    private const string InOneInstant = """
        INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
        SELECT IF(seq <= 6000, '2024-07-01 05:00:00', '2024-06-30 15:00:00' + INTERVAL seq SECOND), UNHEX(MD5(seq)), 'video.view',
            CONCAT('v', seq % 50), 'p', seq
        FROM $numbers
        """;

    /// <summary>An id that isn't UTF-8, which the library rejects and only another program can store.</summary>
    private const string WithForeignByte = """
        INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
        SELECT '2024-06-30 15:00:00' + INTERVAL seq SECOND, UNHEX(MD5(seq)), 'video.view',
            IF(seq = 3000, CONCAT('v', X'FF', '1'), CONCAT('v', seq % 50)), 'p', seq
        FROM $numbers
        """;

    [Theory]
    [InlineData(Diverse, PacketBytesMax)]
    [InlineData(Diverse, 20_000)]
    [InlineData(InOneInstant, PacketBytesMax)]
    [InlineData(InOneInstant, 20_000)]
    [InlineData(WithForeignByte, PacketBytesMax)]
    public async Task The_sums_are_those_of_the_rows(string insert, long packetBytesMax)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await store.FixStatisticsAsync("usage_events");
        await store.ExecuteAsync(insert.Replace("$numbers", Numbers.To(20_000), StringComparison.Ordinal));
        await store.ExecuteAsync("ANALYZE TABLE usage_events");
        await using var connection = new MySqlConnection(store.ConnectionString);
        await connection.OpenAsync();
        var rows = EventRows.OnTime(Day);
        (await rows.EstimateAsync(connection, rows.All, default)).Should().BeGreaterThanOrEqualTo(EventBatches.RowsMin);
        var totals = new SumAccumulator();

        var count = await EventTableSums.SumAsync(connection, rows, rows.All, packetBytesMax, totals, default);

        count.Should().Be(await store.CountAsync($"SELECT count(*) FROM usage_events WHERE {Rows}"));
        Texts(totals).Should().Equal(await store.ReadAsync(
            $"""
            SELECT concat_ws('|', hex(meter), hex(item_id), hex(payee_id), sum(quantity), count(*)) FROM usage_events WHERE {Rows}
            GROUP BY meter, item_id, payee_id ORDER BY meter, item_id, payee_id
            """));
    }

    [Theory]
    [InlineData(PacketBytesMax, false)]
    [InlineData(20_000, true)]
    public async Task An_interval_whose_rows_exceed_the_limit_of_a_value_is_streamed(long packetBytesMax, bool isStreamed)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync(InOneInstant.Replace("$numbers", Numbers.To(20_000), StringComparison.Ordinal));
        await using var connection = new MySqlConnection(store.ConnectionString);
        await connection.OpenAsync();

        var (count, others) = await EventBatches.SumAsync(
            connection, Day, estimatedRows: 20_000, packetBytesMax, new SumAccumulator(), default);

        others.Any(other => other.Contains(DateTimeOffset.Parse("2024-07-01T05:00:00Z", CultureInfo.InvariantCulture)))
            .Should().Be(isStreamed);
        foreach (var other in others)
        {
            count += await store.CountAsync(
                "SELECT count(*) FROM usage_events "
                + $"WHERE occurred_at >= {Sql.Literal(other.Start)} AND occurred_at < {Sql.Literal(other.End)}");
        }

        count.Should().Be(20_000);
    }

    /// <summary>The first value can't be computed while another connection locks the table.</summary>
    [Fact]
    public async Task A_value_that_the_server_computes_is_interrupted()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await using var other = new MySqlConnection(store.ConnectionString);
        await other.OpenAsync();
        await other.ExecuteAsync("LOCK TABLES usage_events WRITE");
        await using var connection = new MySqlConnection(store.ConnectionString);
        await connection.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var sum = EventBatches.SumAsync(connection, Day, estimatedRows: 20_000, PacketBytesMax, new SumAccumulator(), cancellation.Token);
        while (await CountReadersAsync(other) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);

        await cancellation.CancelAsync();

        (await FluentActions.Awaiting(() => sum).Should().ThrowAsync<MySqlException>())
            .Which.ErrorCode.Should().Be(MySqlErrorCode.QueryInterrupted);
    }

    private static Task<long> CountReadersAsync(MySqlConnection connection) => connection.ExecuteScalarAsync<long>(
        "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND id <> connection_id() "
        + "AND info LIKE 'SELECT%concat%usage_events%'");

    private static IEnumerable<string> Texts(SumAccumulator totals)
    {
        foreach (var index in totals.Order())
        {
            var sum = totals.Read(index);
            var (meter, item, payee) = (
                Convert.ToHexString(sum.Meter), Convert.ToHexString(sum.ItemId), Convert.ToHexString(sum.PayeeId));
            yield return string.Create(CultureInfo.InvariantCulture, $"{meter}|{item}|{payee}|{sum.Quantity}|{sum.Events}");
        }
    }
}
