using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Settlements.Stores;

namespace Settlements.Tests;

public sealed class SettlementServicesTests
{
    [Fact]
    public void All_configuration_errors_are_reported_at_once()
    {
        var services = new ServiceCollection().AddSettlement(settlement => settlement
            .Calendar("Asia/Soul")
            .Rates("video.view", rates => rates
                .Graduated("2024-06", new DateOnly(2024, 6, 1), Currency.KRW,
                    [(99_999, 1m), (499_999, 1.1m), (400_000, 1.3m), (null, 1.5m)])
                .Flat("2024-07", new DateOnly(2024, 7, 1), Currency.KRW, -1m))
            .Rates("ad.view", rates => rates.Flat("a", new DateOnly(2024, 6, 1), Currency.KRW, 1m).Flat(
                "b", new DateOnly(2024, 6, 1), Currency.KRW, 2m))
            .Source("plays", plays => plays.Table("video_play").Counts("video.view"))
            .Configure(options =>
            {
                options.Grace = TimeSpan.FromDays(-1);
                options.Pipeline = new Settlements.Pipelines.PipelineOptions { Workers = 0, LeaseDuration = TimeSpan.Zero };
                options.Writer = new UsageWriterOptions { QueueEventsMax = 10, Committers = 17 };
            }));

        var ask = () => services.BuildServiceProvider().GetRequiredService<IOptions<SettlementOptions>>().Value;

        var failures = ask.Should().Throw<OptionsValidationException>().Which.Failures.ToList();
        string[] named =
        [
            "*'Asia/Soul'*", "Rate table 'video.view' 2024-06: tier 3 is up to 400000, below tier 2 (499999)*",
            "Rate table 'video.view' 2024-07:*-1*",
            "Rate table 'ad.view': versions a and b both start on 2024-06-01*", "Source 'plays': OccurredAt*", "Source 'plays': Item*",
            "Source 'plays': Payee*", "No store is selected*UseSqlite*", "Calendar is missing*",
            "Grace is *0 to 7 days*",
            "Workers is 0*1 to 64*", "LeaseDuration is 00:00:00*", "Writer.QueueEventsMax is 10, less than Writer.GroupEventsMax*",
            "Writer.Committers is 17; use 1 to 16.",
        ];
        foreach (var pattern in named)
            failures.Should().ContainMatch(pattern);
        failures.Should().HaveCount(named.Length);
    }

    [Fact]
    public void Calling_AddSettlement_twice_is_refused()
    {
        var services = new ServiceCollection().AddSettlement(_ => { });

        services.Invoking(s => s.AddSettlement(_ => { })).Should().Throw<InvalidOperationException>().WithMessage(
            "*already called*into one*");
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Meter_names_of_a_source_have_at_most_64_code_points(int characters, bool isValid)
    {
        var meter = string.Concat(Enumerable.Repeat("\U0001F600", characters));
        var faults = new List<string>();
        var source = new UsageTableBuilder("plays").Table("plays").OccurredAt("at").Item("item").Payee("payee").Key("id")
            .Counts(meter).Build(faults);
        (source is not null, faults.Count == 0).Should().Be((isValid, isValid));
    }

    [Fact]
    public void Duplicate_meters_and_sources_are_refused()
    {
        var services = new ServiceCollection().AddSettlement(settlement => settlement
            .Calendar("Asia/Seoul")
            .UseStore("A").UseStore("B")
            .Rates("m", r => r.Flat("1", new DateOnly(2024, 1, 1), Currency.KRW, 1m))
            .Rates("m", r => r.Flat("2", new DateOnly(2024, 2, 1), Currency.KRW, 1m))
            .Source("s", Plays).Source("s", Plays));

        var ask = () => services.BuildServiceProvider().GetRequiredService<IOptions<SettlementOptions>>().Value;

        var failures = ask.Should().Throw<OptionsValidationException>().Which.Failures;
        failures.Should().HaveCount(3).And.ContainMatch("Meter 'm' has two Rates(…) calls*").And.ContainMatch("2 sources are named 's'*")
            .And.ContainMatch("2 stores are selected (A, B)*");
    }

    [Fact]
    public void A_source_with_the_name_of_the_event_table_is_refused()
    {
        var services = new ServiceCollection().AddSettlement(settlement => settlement
            .Calendar("Asia/Seoul").UseStore("A").Meter("m").Source(IUsageSource.EventTableName, Plays));

        var ask = () => services.BuildServiceProvider().GetRequiredService<IOptions<SettlementOptions>>().Value;

        ask.Should().Throw<OptionsValidationException>().Which.Failures.Should().ContainSingle()
            .Which.Should().Match("A source is named 'usage_events'*reserved*another name*");
    }

    [Fact]
    public void Unknown_meters_of_sources_and_input_limits_out_of_range_are_refused()
    {
        var services = new ServiceCollection().AddSettlement(settlement => settlement
            .Calendar("Asia/Seoul").UseStore("A").StartsOn(new DateOnly(1899, 12, 31)).Meter("priced").Meter(new string('x', 65))
            .Rates("priced", r => r.Flat("1", new DateOnly(2024, 1, 1), Currency.KRW, 1m))
            .Source("s", Plays)
            .Configure(o => o.AheadMax = TimeSpan.FromDays(367)));

        var ask = () => services.BuildServiceProvider().GetRequiredService<IOptions<SettlementOptions>>().Value;

        ask.Should().Throw<OptionsValidationException>().Which.Failures.Should().BeEquivalentTo(
            "AheadMax is 367.00:00:00; use 0 to 366 days.",
            "StartsOn is 1899-12-31; use a day from 1900-01-01 to 9998-12-31.",
            "Meter 'priced' is declared as unpriced and has rates. Remove Meter(\"priced\") or its Rates(…).",
            "The name of a declared meter has 65 characters, over the limit of 64.",
            "Source 's' counts meter 'm', which has no rates and is not declared. Correct the name, add rates with Rates(\"m\", …), or "
            + "declare it as unpriced with Meter(\"m\").");
    }

    [Fact]
    public void A_source_may_count_priced_and_declared_meters()
    {
        var services = new ServiceCollection().AddSettlement(settlement => settlement
            .Calendar("Asia/Seoul").UseStore("A").StartsOn(new DateOnly(2024, 1, 1)).Meter("m").Meter("m").Source("s", Plays));

        var options = services.BuildServiceProvider().GetRequiredService<IOptions<SettlementOptions>>().Value;

        options.UnpricedMeters.Should().Equal("m");
        options.StartsOn.Should().Be(new DateOnly(2024, 1, 1));
    }

    private static void Plays(UsageTableBuilder plays) => plays
        .Table("t").Key("id").OccurredAt("at").Item("item").Payee("payee").Counts("m");
}
