using Microsoft.Extensions.DependencyInjection;
using Settlements.Testing;

namespace Settlements.Rehearsal;

/// <summary>
/// Rehearses a year: a settlement whose schema is upgraded twice, which is restored from a backup, whose contract changes and whose first
/// month is restated ends with the lines of one that was left alone. A short run has 12 days in place of a year.
/// </summary>
public abstract class YearRehearsal
{
    private static readonly int Days = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long" ? 366 : 12;

    protected abstract Upgrade Upgrade { get; }

    private static DateOnly First { get; } = new(2023, 7, 1);

    private static DateOnly Last { get; } = First.AddDays(Days - 1);

    /// <summary>The first day of the new contract.</summary>
    private static DateOnly Changed { get; } = First.AddDays(Days / 3);

    private static DateRange Month { get; } = new(First, First.AddDays(Math.Min(30, Days / 4)));

    protected abstract StoreUnderTest NewStore();

    /// <inheritdoc cref="RestoreRehearsal.BackUpAsync" />
    protected abstract Task<Func<Task<StoreUnderTest>>> BackUpAsync(StoreUnderTest store);

    [Fact]
    public async Task A_year_with_upgrades_and_a_restore_has_the_results_of_one_without_them()
    {
        var (expected, lines) = await LiveAsync(_ => 1, isRestored: false);
        lines.Should().BeGreaterThan(2 * Days).And.BeLessThan(10 * Days);

        var (found, _) = await LiveAsync(
            day => day < First.AddDays(Days / 4) ? 1 : day < First.AddDays(2 * Days / 3) ? 2 : 3, isRestored: true);

        found.Should().Be(expected);
    }

    /// <summary>Lives through the year, and returns all figures and the number of lines.</summary>
    private async Task<(string Figures, int Lines)> LiveAsync(Func<DateOnly, int> version, bool isRestored)
    {
        var store = NewStore();
        try
        {
            var day = First;
            while (day <= Last)
            {
                day = await LiveUntilChangeAsync(store, day, version);
                if (isRestored && day > First.AddDays(Days / 2))
                {
                    var restoreAsync = await BackUpAsync(store);
                    await store.DisposeAsync();
                    store = await restoreAsync();
                    isRestored = false;
                }
            }

            await using var corrected = await StartAsync(store, version(Last), hasNewContract: true, isCorrected: true);
            var restatement = await corrected.Engine.Restatements.RestateAsync(Month, "the contract of the first month was wrong", "ann");
            restatement.EntriesCount.Should().BeGreaterThan(0);
            await corrected.Engine.Restatements.ApproveAsync(restatement.RestatementId, restatement.Hash, "bob");
            await corrected.CloseAsync(Last.AddDays(1));
            await corrected.CheckAsync(First, Last.AddDays(1));
            return (await corrected.DumpAsync(), (await corrected.LinesAsync()).Count);
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    /// <summary>
    /// Starts the application and runs it until its version or its contract changes, at most ten days; returns the next day.
    /// </summary>
    private async Task<DateOnly> LiveUntilChangeAsync(StoreUnderTest store, DateOnly first, Func<DateOnly, int> version)
    {
        await using var scenario = await StartAsync(store, version(first), hasNewContract: first >= Changed, isCorrected: false);
        var day = first;
        do
        {
            await scenario.LoadAsync([.. EventsOf(day)]);
            await scenario.CloseAsync(day);
            day = day.AddDays(1);
        }
        while (day <= Last && day < first.AddDays(10) && version(day) == version(first) && day >= Changed == first >= Changed);

        return day;
    }

    /// <summary>Three events of the day, each tenth day a late one, and each fifteenth a correction.</summary>
    private static IEnumerable<UsageEvent> EventsOf(DateOnly day)
    {
        var number = day.DayNumber - First.DayNumber;
        for (var i = 0; i < 3; i++)
            yield return Scenario.Event(number * 10 + i + 1, day, 1_000 + number * 7 + i, $"v{(number + i) % 4}", $"p{i % 2}");
        if (number % 10 == 9)
            yield return Scenario.Event(number * 10 + 4, day.AddDays(-5), 333, "v1", "p0");
        if (number % 15 == 14)
            yield return Scenario.Event(number * 10 + 5, day.AddDays(-7), -100, "v2", "p1");
    }

    private Task<Scenario> StartAsync(StoreUnderTest store, int version, bool hasNewContract, bool isCorrected) => Scenario.StartAsync(
        store,
        settlement => settlement.StartsOn(First).Rates("video.view", rates =>
        {
            rates.Graduated("first", First, Currency.KRW, [(9_999, 1m), (null, 1.3m)], CounterPeriod.Month);
            if (hasNewContract)
                rates.Graduated("second", Changed, Currency.KRW, [(4_999, 1.2m), (null, 1.7m)], CounterPeriod.Month);
            if (isCorrected)
            {
                rates.Graduated("corrected", First, Currency.KRW, [(9_999, 1.1m), (null, 1.3m)], CounterPeriod.Month)
                    .Supersedes("first");
            }
        }),
        services => services.AddSingleton(Upgrade.Version(version)));
}
