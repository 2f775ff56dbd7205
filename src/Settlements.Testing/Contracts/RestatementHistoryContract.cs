namespace Settlements.Testing;

/// <summary>
/// Contract test of restating random histories: with unchanged rates no range of days differs; restated differences, posted or not, are not
/// found again; lines and counters verify.
/// </summary>
public abstract class RestatementHistoryContract
{
    private static readonly DateOnly Start = new(2024, 6, 28);

    private static readonly DateOnly[] Ratings = [new(2024, 6, 1), Start, Start.AddDays(1), Start.AddDays(2), Start.AddDays(3)];

    public static TheoryData<int> Seeds => [2, 7, 13, 17, 36, 41];

    protected abstract StoreUnderTest NewStore();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_restatement_posts_each_difference_once(int seed)
    {
        var random = new Random(seed);
        var rates = new SupersededRates(random);
        var events = new RandomUsage(random);
        await using var store = NewStore();
        await using (var before = await Scenario.StartAsync(store, rates.Use(0)))
        {
            await events.CloseAsync(before, 0, 6);
            for (var i = 0; i < 4; i++)
            {
                var some = SomeDays(random);
                await ShouldBeEmptyAsync(before, some, $"nothing changed in {some}");
            }
        }

        await using var scenario = await Scenario.StartAsync(store, rates.Use(1));
        var range = SomeDays(random);
        await RestateAsync(scenario, range);
        await ShouldBeEmptyAsync(scenario, range, "it is approved");
        var days = 6;
        if (random.Next(2) == 0)
        {
            await events.CloseAsync(scenario, days, days += 2);
            await ShouldBeEmptyAsync(scenario, range, "it is posted");
            await scenario.CheckAsync(Start, Start.AddDays(days - 1));
        }

        var all = new DateRange(Start, Start.AddDays(days - 1));
        await using var again = await Scenario.StartAsync(store, rates.Use(random.Next(2) + 1));
        await RestateAsync(again, all);
        await ShouldBeEmptyAsync(again, all, "all of it is approved");
        await events.CloseAsync(again, days, 10);
        await ShouldBeEmptyAsync(again, all, "all of it is posted");
        await again.Engine.Verifier.RebuildCountersAsync();
        await events.CloseAsync(again, 10, 11);
        await again.CheckAsync(Start, Start.AddDays(10));
        foreach (var (first, last) in new[] { (0, 10), (6, 10), (days, days), (random.Next(6), 9) })
            await TrialHistoryContract.ShouldDifferByNothingAsync(again, new DateRange(Start.AddDays(first), Start.AddDays(last)));
    }

    private static DateRange SomeDays(Random random)
    {
        var first = random.Next(6);
        return new DateRange(Start.AddDays(first), Start.AddDays(random.Next(first, 6)));
    }

    private static async Task RestateAsync(Scenario scenario, DateRange days)
    {
        var preview = await scenario.Engine.Restatements.RestateAsync(days, "wrong", "ann");
        if (preview.RestatementId != 0)
            await scenario.Engine.Restatements.ApproveAsync(preview.RestatementId, preview.Hash, "bob");
    }

    private static async Task ShouldBeEmptyAsync(Scenario scenario, DateRange days, string because) =>
        (await scenario.Engine.Restatements.RestateAsync(days, "check", "ann")).Entries.Should().BeEmpty(because);

    /// <summary>A chain of three random rate versions, each superseding the one before; volume or graduated tables.</summary>
    private sealed class SupersededRates(Random random)
    {
        private readonly CounterPeriod _over =
            new[] { CounterPeriod.Lifetime, CounterPeriod.Month, CounterPeriod.Week, CounterPeriod.Day }[random.Next(4)];
        private readonly Rounding _rounding = random.Next(2) == 0 ? Rounding.Truncating : Rounding.Cumulative;
        private readonly bool _isVolume = random.Next(3) > 0;
        private readonly bool _isVolumeThen = random.Next(3) > 0;
        private readonly DateOnly _from = Ratings[random.Next(Ratings.Length)];

        public Action<SettlementBuilder> Use(int superseding) => settlement => settlement.Rates("video.view", rates =>
        {
            rates.Round(_rounding);
            Add(rates, _isVolume, "a", Ratings[0], [(15, 10.3m), (30, 7m), (null, 5.1m)]);
            if (superseding > 0)
                Add(rates, _isVolumeThen, "b", _from, [(15, 20.7m), (null, 8m)]).Supersedes("a");
            if (superseding > 1)
                Add(rates, true, "c", _from, [(10, 3m), (null, 1.9m)]).Supersedes("b");
        });

        private MeterRatesBuilder Add(
            MeterRatesBuilder rates, bool isVolume, string version, DateOnly from, (long? UpTo, decimal Price)[] tiers) => isVolume
            ? rates.Volume(version, from, Currency.KRW, tiers, _over)
            : rates.Graduated(version, from, Currency.KRW, tiers, _over);
    }

    /// <summary>Random usage, late usage and corrections of two items and two payees.</summary>
    private sealed class RandomUsage(Random random)
    {
        private int _id;

        public async Task CloseAsync(Scenario scenario, int first, int end)
        {
            for (var day = first; day < end; day++)
            {
                var events = new List<UsageEvent>();
                if (day == 0)
                    events.Add(Scenario.Event(++_id, Start, 3));
                for (var left = random.Next(4); left > 0; left--)
                {
                    var usageDate = Start.AddDays(Math.Max(0, day - (random.Next(2) == 0 ? 0 : random.Next(4))));
                    var quantity = random.Next(1, 16);
                    events.Add(Scenario.Event(
                        ++_id, usageDate, random.Next(5) == 0 ? -quantity : quantity, random.Next(3) == 0 ? "v2" : "v1",
                        random.Next(2) == 0 ? "ann" : "bob"));
                }

                await scenario.LoadAsync([.. events]);
                await scenario.CloseAsync(Start.AddDays(day));
            }
        }
    }
}
