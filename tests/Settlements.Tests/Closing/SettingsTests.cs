using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;
using Settlements.Tests.Usage;

namespace Settlements.Tests.Closing;

/// <summary>Tests of comparing the settings recorded with closed days and the configured ones.</summary>
public sealed class SettingsTests
{
    private static readonly DateOnly Monday = new(2024, 7, 1);
    private static readonly BusinessCalendar Seoul = new("Asia/Seoul");

    [Fact]
    public void A_calendar_other_than_that_of_closed_days_is_a_conflict() =>
        Of(Options(o => o.Calendar = new BusinessCalendar("Europe/Berlin")), published: 1).Conflicts().Should().ContainSingle()
            .Which.Should().Match("*'Asia/Seoul, weeks from Monday'*'Europe/Berlin, weeks from Monday'*");

    [Fact]
    public void A_closing_day_does_not_fix_the_calendar()
    {
        var options = Options(o => o.Calendar = new BusinessCalendar("Europe/Berlin"));
        var closing = new BusinessDay(Monday, DayState.Closing, Seoul.RangeOf(Monday), Seoul.ToString(), null, null);

        new Settings(
            SettlementPlan.From(options), RateMerger.Merge(SettlementPlan.From(options), [], []), Sources(options), Identities, [closing],
            [], [], []).Conflicts().Should().BeEmpty();
    }

    [Fact]
    public void A_new_source_counts_from_the_first_open_day()
    {
        var settings = Of(Options(o => o.Sources.Add(Plays())), published: 3);

        settings.SourcesOn(Monday.AddDays(2)).Select(s => s.Source.Name).Should()
            .Equal([IUsageSource.EventTableName], "that day is published");
        settings.SourcesOn(Monday.AddDays(3)).Should().HaveCount(2);
        settings.SourcesToRecord(Monday.AddDays(3)).Should().ContainSingle().Which.CountedFrom.Should().Be(Monday.AddDays(3));
        settings.SourcesOn(Monday, new HashSet<string> { "plays" }).Should().HaveCount(2, "a backfill is requested by name");
    }

    [Fact]
    public void Before_the_first_publication_a_source_counts_from_the_first_closed_day()
    {
        var settings = Of(Options(o => o.Sources.Add(Plays())), published: 0);

        settings.SourcesOn(Monday).Should().HaveCount(2);
        settings.SourcesToRecord(Monday)[0].CountedFrom.Should().Be(Monday);
    }

    [Fact]
    public void Each_meter_of_a_source_has_a_separate_first_day()
    {
        var source = Plays(
            s => s.Counts("a", countedFrom: Monday.AddDays(5)).CountedFrom(Monday.AddDays(7)).CountedThrough(Monday.AddDays(9)));
        var settings = Of(Options(o => o.Sources.Add(source)), published: 3);

        string[] Meters(int day) =>
            [.. settings.ConfiguredSourcesOn(Monday.AddDays(day)).SelectMany(s => s.Day.Meters).Select(m => m.Meter)];
        Meters(4).Should().BeEmpty();
        Meters(5).Should().Equal("a");
        Meters(7).Should().BeEquivalentTo("a", "m");
        Meters(9).Should().HaveCount(2);
        Meters(10).Should().BeEmpty();
    }

    [Fact]
    public void The_recorded_first_day_of_a_source_applies_and_another_one_is_a_conflict()
    {
        var recorded = Of(Options(o => o.Sources.Add(Plays())), published: 3).SourcesToRecord(Monday.AddDays(3));

        var later = Of(Options(o => o.Sources.Add(Plays(s => s.CountedFrom(Monday)))), published: 4, recorded);

        later.Conflicts().Should().ContainSingle().Which
            .Should().Match("*'plays'*'m' from 2024-07-04 on*CountedFrom is 2024-07-01*Backfill*");
        later.SourcesOn(Monday).Select(s => s.Source.Name).Should().Equal(IUsageSource.EventTableName);
    }

    [Fact]
    public void Removing_a_counted_source_or_using_an_older_definition_is_a_conflict()
    {
        var first = Of(Options(o => o.Sources.Add(Plays())), published: 1).SourcesToRecord(Monday.AddDays(1));
        var second = Of(Options(o => o.Sources.Add(Plays(s => s.Where("kind = 'play'")))), 2, first).SourcesToRecord(Monday.AddDays(2));

        second.Should().ContainSingle().Which.Should().Match<RecordedSource>(
            s => s.FirstDay == Monday.AddDays(2) && s.CountedFrom == Monday.AddDays(1));
        Of(Options(), 3, [.. first, .. second]).Conflicts().Should().ContainSingle().Which.Should().Match(
            "*'plays'*not configured*CountedThrough*");
        Of(Options(o => o.Sources.Add(Plays())), 3, [.. first, .. second]).Conflicts().Should().ContainSingle().Which.Should().Match(
            "*the configuration of this instance is outdated*");
        var now = Of(Options(o => o.Sources.Add(Plays(s => s.Where("kind = 'play'")))), 3, [.. first, .. second]);
        now.Conflicts().Should().BeEmpty();
        now.FindSourceMismatch(Monday.AddDays(1)).Should().Match("Day 2024-07-02*'plays'*where kind = 'play'*Restate*");
        now.FindSourceMismatch(Monday.AddDays(2)).Should().BeNull();
    }

    [Fact]
    public void The_fingerprint_depends_on_the_settings_and_not_on_the_culture()
    {
        var prints = new HashSet<string>();
        Rates.InEveryCulture.Run(() => prints.Add(Of(Options(o => o.Sources.Add(Plays())), 1).Fingerprint(3, Monday)));

        prints.Should().ContainSingle();
        prints.Add(Of(Options(), 1).Fingerprint(3, Monday));
        prints.Add(Of(Options(o => o.Sources.Add(Plays(s => s.Where("x = 1")))), 1).Fingerprint(3, Monday));
        prints.Add(Of(Options(o => o.Sources.Add(Plays())), 1).Fingerprint(4, Monday));
        prints.Add(Of(Options(o => (o.RankingSize, o.StartsOn) = (7, Monday)), 1).Fingerprint(3, Monday));
        prints.Add(Of(Options(o => o.Rates["m"] = MeterRates.Build("m", r => r.Flat("b", Monday, Currency.KRW, 1m))), 1).Fingerprint(
            3, Monday));
        prints.Should().HaveCount(6);
    }

    private static IReadOnlyDictionary<string, string> Identities { get; } =
        new Dictionary<string, string> { ["plays"] = "main.video_play" };

    private static Settings Of(SettlementOptions options, int published, IReadOnlyList<RecordedSource>? sources = null) => new(
        SettlementPlan.From(options), RateMerger.Merge(SettlementPlan.From(options), [], []), Sources(options), Identities,
        [.. Enumerable.Range(0, published).Select(i => new BusinessDay(
            Monday.AddDays(i), DayState.Published, Seoul.RangeOf(Monday.AddDays(i)), Seoul.ToString(), i + 1, null))],
        [], sources ?? [], []);

    private static UsageSources Sources(SettlementOptions options) =>
        new(new UnreadSources(), SettlementPlan.From(options), new ServiceCollection().BuildServiceProvider());

    private static SettlementOptions Options(Action<SettlementOptions>? configure = null)
    {
        var options = new SettlementOptions { Calendar = Seoul };
        configure?.Invoke(options);
        return options;
    }

    private static UsageTable Plays(Action<UsageTableBuilder>? configure = null)
    {
        var builder = new UsageTableBuilder("plays").Table("video_play").Key("id").OccurredAt("at").Item("item").Payee("payee").Counts("m");
        configure?.Invoke(builder);
        return builder.Build([])!;
    }
}
