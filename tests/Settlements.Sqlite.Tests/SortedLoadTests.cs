using System.Security.Cryptography;
using Settlements.Testing;

namespace Settlements.Sqlite.Tests;

/// <summary>Large chunks are inserted in the order of their ids; what is stored and reported is as in the order of the rows.</summary>
public sealed class SortedLoadTests
{
    private const int Events = 12_000;

    private static readonly DateTimeOffset Start = new(2024, 7, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Of_rows_with_one_id_the_first_is_stored_and_the_others_are_rejected_in_the_order_of_the_rows()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        var rows = Rows();
        foreach (var (row, of) in ((int, int)[])[(11_000, 10), (11_500, 9_000), (700, 650), (11_999, 10)])
            rows[row] = Conflict(rows[of], row);
        rows[5_000] = rows[4_000];
        var rejected = new List<RejectedRow>();

        var report = await scenario.LoadAsync(
            new UsageLoadOptions
            {
                RejectsMax = 4, OnRejected = (row, _) =>
                {
                    rejected.Add(row);
                    return ValueTask.CompletedTask;
                },
            },
            rows);

        (report.Sent, report.Stored, report.Duplicates, report.Rejected).Should().Be((Events, Events - 5, 1, 4));
        rejected.Select(r => r.RowNumber).Should().Equal(701, 11_001, 11_501, 12_000);
        (await store.ReadAsync("SELECT count(*) FROM usage_events WHERE quantity = 1")).Should().Equal($"{Events - 5}");
        (await store.ReadAsync("PRAGMA integrity_check")).Should().Equal("ok");
    }

    [Fact]
    public async Task A_load_stops_at_the_first_conflicts_in_the_order_of_the_rows()
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store);
        var rows = Rows();
        foreach (var row in (int[])[11_000, 350, 4_000, 200, 9_000])
            rows[row] = Conflict(rows[row - 100], row);

        var load = () => scenario.LoadAsync(new UsageLoadOptions { RejectsMax = 2 }, rows);

        (await load.Should().ThrowAsync<RowRejectedException>()).Which.RowNumber.Should().Be(4_001);
        (await store.ReadAsync("SELECT count(*) FROM usage_events")).Should().Equal("0");
    }

    private static UsageEvent Conflict(UsageEvent original, int row) => original with { OccurredAt = Start.AddSeconds(row), Quantity = 2 };

    /// <summary>Returns events in the order of time, whose ids have a random order.</summary>
    private static UsageEvent[] Rows() =>
        [.. Enumerable.Range(0, Events).Select(i => new UsageEvent(
            new Guid(SHA256.HashData(BitConverter.GetBytes(i)).AsSpan(0, 16), bigEndian: true),
            Start.AddSeconds(i), "video.view", $"v{i % 7}", $"p{i % 3}", 1))];
}
