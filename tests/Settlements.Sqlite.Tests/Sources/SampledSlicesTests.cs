using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests.Sources;

/// <summary>Slices of a day that is too large to count its rows before they are summed.</summary>
public sealed class SampledSlicesTests
{
    private const int Rows = 600_000;
    private const int ChunkRowsMax = 1_000_000;

    /// <summary>The instant of row n, in microseconds after the start of the day, as SQL.</summary>
    public static TheoryData<string, string> Distributions => new()
    {
        { "even", "n * 143999" },
        { "nine of ten rows in the last hour", "CASE WHEN n % 10 = 0 THEN n * 138000 ELSE 82800000000 + n * 5900 END" },
        { "nothing from 06:00 to 18:00", "n * 71999 + CASE WHEN n < 300000 THEN 0 ELSE 43200000000 END" },
        { "growing through the day", "CAST(86399000000 * sqrt(n / 600001.0) AS INTEGER)" },
    };

    [Theory]
    [MemberData(nameof(Distributions))]
    public async Task A_large_day_is_divided_into_two_slices_of_similar_size(string distribution, string at)
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        await InsertAsync(store, at);

        var rows = await SumSlicesAsync(scenario);

        rows.Should().HaveCount(2, "the day is {0}", distribution);
        rows.Sum().Should().Be(Rows);
        rows.Should().OnlyContain(r => r > Rows * 0.4 && r < Rows * 0.6);
    }

    [Fact]
    public async Task A_large_day_whose_events_have_few_instants_is_counted()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        await InsertAsync(store, "n % 24 * 3600000000");

        var rows = await SumSlicesAsync(scenario);

        rows.Should().Equal(375_000, 225_000);
    }

    [Fact]
    public async Task Events_at_an_instant_between_all_samples_are_in_a_slice()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        await InsertAsync(store, "CASE WHEN n % 2 = 0 THEN 43000000001 ELSE n * 143000 END");

        var rows = await SumSlicesAsync(scenario);

        rows.Sum().Should().Be(Rows);
    }

    /// <summary>Events of the day whose ids are their numbers in a scrambled order.</summary>
    private static Task InsertAsync(SqliteUnderTest store, string at) => store.ExecuteAsync($"""
        WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {Rows})
        INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
        SELECT {store.Literal(Scenario.Instant(Scenario.Monday, 0))} + {at}, unhex(printf('%032x', n * 7919 % 4294967291)),
               'video.view', 'v', 'p', 1
        FROM numbers
        """);

    private static async Task<IReadOnlyList<long>> SumSlicesAsync(Scenario scenario)
    {
        var source = scenario.Services.GetRequiredService<IUsageSourceFactory>().CreateEventTable();
        var day = new SourceDay(Scenario.Monday, new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), []);
        var rows = new List<long>();
        foreach (var slice in await source.SliceAsync(day, ChunkRowsMax, TestContext.Current.CancellationToken))
            rows.Add(await source.SumAsync(day, slice, new SumAccumulator(), TestContext.Current.CancellationToken));
        return rows;
    }
}
