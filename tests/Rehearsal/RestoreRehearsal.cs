using Settlements.Testing;

namespace Settlements.Rehearsal;

/// <summary>
/// Rehearses the loss of a database: a backup that was taken while events were written is restored elsewhere, and the settlement continues.
/// </summary>
public abstract class RestoreRehearsal
{
    private static DateOnly Wednesday => Scenario.Monday.AddDays(2);

    protected abstract StoreUnderTest NewStore();

    /// <summary>Backs a store up while it is in use, and returns what restores the backup into a new store on another server.</summary>
    protected abstract Task<Func<Task<StoreUnderTest>>> BackUpAsync(StoreUnderTest store);

    [Fact]
    public async Task A_restored_backup_verifies_closes_no_day_twice_and_ends_with_the_figures_of_the_lost_database()
    {
        var events = Enumerable.Range(1, 60).Select(i => Scenario.Event(
            i, Scenario.Monday.AddDays(i % 3), i * 1_000, $"v{i % 5}", $"p{i % 2}", hour: 1 + i % 20)).ToArray();
        var lateEvent = Scenario.Event(100, Scenario.Monday, 12_345);
        var lost = NewStore();
        Func<Task<StoreUnderTest>> restoreAsync;
        string expected;
        List<SettlementLine> monday;
        await using (lost)
        {
            await using var scenario = await Scenario.StartAsync(lost);
            await scenario.LoadAsync(events[..30]);
            await scenario.CloseAsync(Scenario.Monday);
            monday = await scenario.LinesAsync();

            // Events are written during the backup; which of them it contains is not known.
            var writes = Task.Run(() => scenario.LoadAsync(new UsageLoadOptions { ChunkRows = 2 }, events[30..]));
            restoreAsync = await BackUpAsync(lost);
            await writes;

            // After the backup, and lost with the database: a late event, and two days that were published, and paid.
            await scenario.LoadAsync(lateEvent);
            await scenario.CloseAsync(Wednesday);
            expected = await scenario.DumpAsync();
        }

        await using var restored = await restoreAsync();
        await using var continued = await Scenario.StartAsync(restored);
        (await continued.LinesAsync()).Should().Equal(monday, "the backup has the published day");
        await continued.CheckAsync(Scenario.Monday, Scenario.Monday);

        // All events since the day before the backup, from the log of the sender: what the backup has is a duplicate.
        var report = await continued.LoadAsync([.. events, lateEvent]);
        (report.Sent, report.Rejected).Should().Be((61, 0));
        report.Duplicates.Should().BeGreaterThanOrEqualTo(30);
        await continued.CloseAsync(Wednesday);

        (await restored.CountAsync("SELECT count(*) FROM business_days WHERE state = 'published'")).Should().Be(3);
        (await continued.LinesAsync(Scenario.Monday, Scenario.Monday)).Should().Equal(monday, "a published day is not closed again");
        (await continued.DumpAsync()).Should().Be(expected, "the days are closed again with the same lines, which were paid");
        await continued.CheckAsync(Scenario.Monday, Wednesday);
    }
}
