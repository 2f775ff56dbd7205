using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Settlements.Testing;

/// <summary>
/// Contract test of trials of random histories: the amounts of a candidate equal those of the naive model, which prices the same usage with
/// the candidate from the first day of the trial on, for any chunk size; and the rates in force differ by nothing.
/// </summary>
public abstract class TrialHistoryContract
{
    private const ulong FixedSeed = 20_241_127;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";

    protected abstract StoreUnderTest NewStore();

    /// <summary>Number of histories of each seed: in every build, and with <c>SETTLEMENT_TESTS=long</c>.</summary>
    protected virtual (int Short, int Long) Histories => (20, 3_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_amounts_of_any_candidate_equal_those_of_the_naive_model(bool isFixed)
    {
        var seed = isFixed ? FixedSeed : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        var count = IsLong ? Histories.Long : Histories.Short;
        Prop.ForAll(Any(), any => CheckAsync(any.History, any.Trials).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(60).WithReplay(seed, 1));
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} histories of seed {seed}");
    }

    /// <summary>Asserts that a trial of the rates in force, which prices every line again, finds no difference.</summary>
    internal static async Task ShouldDifferByNothingAsync(Scenario scenario, DateRange days)
    {
        var rates = scenario.Services.GetRequiredService<IOptions<SettlementOptions>>().Value.Rates;
        var report = await scenario.Engine.Trials.CompareAsync(
            TrialCandidate.Of([.. rates.Values]), days, new TrialGate { TotalPercentMax = 0, PayeePercentMax = 0 });

        report.Violations.Should().BeEmpty("the rates are those in force on {0}", days);
        report.Totals.SelectMany(t => t.Payees).Where(p => p.Difference != 0).Should().BeEmpty();
        var lines = (await scenario.LinesAsync(days.First, days.Last)).Where(l => l.Price is not null).ToList();
        report.Totals.Select(t => (t.Currency.Code, t.Before)).Should().Equal(lines.GroupBy(l => l.Price!.Currency.Code)
            .OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Sum(l => l.Amount))));
    }

    private static Arbitrary<TriedHistory> Any()
    {
        var histories = UsageHistory.Arbitrary();
        return Arb.From(
            from history in histories.Generator
            from trials in Gen.ListOf(AnyTrial(history.First), 4)
            select new TriedHistory(history, [.. trials]),
            any => histories.Shrinker(any.History).Select(history => any with { History = history }));
    }

    private static Gen<NaiveTrial> AnyTrial(DateOnly start) =>
        from first in Gen.Choose(0, UsageHistory.DaysCount - 1)
        from last in Gen.Choose(first, UsageHistory.DaysCount - 1)
        from other in UsageHistory.AnyRates(start)
        from view in Gen.Elements(Enum.GetValues<Change>())
        from ad in Gen.Elements(Change.None, Change.All)
        from seconds in Gen.Elements(false, true)
        select new NaiveTrial(new DateRange(start.AddDays(first), start.AddDays(last)), other, view, ad, seconds);

    private async Task CheckAsync(UsageHistory history, IReadOnlyList<NaiveTrial> trials)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s =>
        {
            history.Rates.Configure(s);
            s.Configure(o => o.PartialsPerItemRange = history.Days[0].Partials);
        });
        var posted = new List<(DateOnly PostingDate, UsageEvent Event)>();
        for (var day = 0; day < history.Days.Count; day++)
        {
            var postingDate = history.First.AddDays(day);
            var events = Posted(history, day).Append(Scenario.Event(500_000 + day, postingDate, 1, item: "first", meter: "unpriced"))
                .ToArray();
            posted.AddRange(events.Select(e => (postingDate, e)));
            await scenario.LoadAsync(events);
            await scenario.CloseAsync(postingDate);
        }

        var published = Model(null, default);
        foreach (var trial in trials)
        {
            var candidate = trial.Rates(history.Rates);
            var report = await scenario.Engine.Trials.CompareAsync(TrialCandidate.Of(candidate.ToMeters()), trial.Days);

            var (before, after) = (published.Amounts(trial.Days), Model(candidate, trial.Days.First).Amounts(trial.Days));
            report.NotPriced.Should().BeEmpty();
            report.Totals.SelectMany(t => t.Payees.Select(p => (p.PayeeId, t.Currency.Code, p.Before, p.After))).Should().BeEquivalentTo(
                before.Keys.Union(after.Keys).Select(k => (
                    k.Payee, k.Currency, before.GetValueOrDefault(k), after.GetValueOrDefault(k))), "of {0}", trial);
            await ShouldDifferByNothingAsync(scenario, trial.Days);
        }

        NaiveModel Model(NaiveRates? candidate, DateOnly from)
        {
            var model = new NaiveModel(history.Rates, candidate, from);
            posted.ForEach(p => model.Add(p.PostingDate, p.Event));
            return model;
        }
    }

    /// <summary>Returns the events that a day posts: its own, late ones, and corrections of those that are changed later.</summary>
    private static IEnumerable<UsageEvent> Posted(UsageHistory history, int day)
    {
        foreach (var (arrival, id) in history.Events.Select((e, i) => (e, i + 1)))
        {
            var one = arrival.ToEvent(history.First, id);
            if ((arrival.IsOnTime ? arrival.Day : arrival.LaterDay) == day)
                yield return one;
            if (arrival.Kind is HistoryEventKind.PayeeChanged or HistoryEventKind.Deleted && arrival.LaterDay == day)
                yield return one with { EventId = Scenario.Id(id + 100_000), Quantity = -one.Quantity };
            if (arrival.Kind is HistoryEventKind.PayeeChanged && arrival.LaterDay == day)
                yield return one with { EventId = Scenario.Id(id + 200_000), PayeeId = one.PayeeId == "q" ? "p" : "q" };
        }
    }

    /// <summary>What a candidate changes of a meter: nothing, all versions, or one payee's override.</summary>
    private enum Change
    {
        None,
        All,
        Payee,
    }

    private sealed record TriedHistory(UsageHistory History, IReadOnlyList<NaiveTrial> Trials)
    {
        public override string ToString() => $"{History}\ntrials:\n{string.Join('\n', Trials)}";
    }

    /// <summary>A trial as plain data.</summary>
    private sealed record NaiveTrial(DateRange Days, NaiveRates Other, Change View, Change Ad, bool HasSeconds)
    {
        /// <summary>Returns the rates of the candidate; versions that it does not change are the same objects.</summary>
        public NaiveRates Rates(NaiveRates inForce)
        {
            // Another name makes another version, even if the prices are the same by chance.
            var other = Other.Versions.Select(v => v with { Name = "new " + v.Name }).ToList();
            var versions = new List<NaiveVersion>();
            versions.AddRange((View == Change.All ? other : inForce.Versions).Where(v => v.Meter == "video.view"));
            if (View == Change.Payee)
                versions.Add(other[0] with { Scope = "payee:p" });
            versions.AddRange((Ad == Change.All ? other : inForce.Versions).Where(v => v.Meter == "ad.view"));
            if (HasSeconds)
                versions.Add(other[0] with { Meter = "video.seconds" });
            var cumulative = new List<string>();
            if ((View == Change.All ? Other : inForce).Cumulative.Contains("video.view"))
                cumulative.Add("video.view");
            if ((Ad == Change.All ? Other : inForce).Cumulative.Contains("ad.view"))
                cumulative.Add("ad.view");
            return new NaiveRates(versions, cumulative);
        }

        public override string ToString() => $"{Days}\n{Other}\n{View} {Ad} {HasSeconds}";
    }
}
