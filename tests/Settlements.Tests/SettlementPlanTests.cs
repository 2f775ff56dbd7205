using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Settlements.Tests;

public sealed class SettlementPlanTests
{
    [Fact]
    public void Changing_the_options_after_the_start_has_no_effect()
    {
        var options = new SettlementOptions { Calendar = new BusinessCalendar("Asia/Seoul"), RankingSize = 7 };
        options.Rates.Add("view", Rates("view"));
        options.UnpricedMeters.Add("seconds");
        options.Sources.Add(Plays("plays"));
        var plan = SettlementPlan.From(options);

        (options.Calendar, options.RankingSize, options.StartsOn) = (new BusinessCalendar("Europe/Berlin"), 8, new DateOnly(2024, 7, 1));
        (options.Pipeline.Workers, options.Writer.Committers, options.Corrections.SecondPerson) = (9, 9, false);
        options.Rates.Add("click", Rates("click"));
        options.UnpricedMeters.Clear();
        options.Sources.Add(Plays("more"));

        (plan.Calendar.TimeZoneId, plan.RankingSize, plan.StartsOn).Should().Be(("Asia/Seoul", 7, null));
        (plan.Pipeline.Workers, plan.Writer.Committers, plan.Corrections.SecondPerson).Should().Be((2, 2, true));
        plan.Rates.Keys.Should().Equal("view");
        plan.UnpricedMeters.Should().Equal("seconds");
        plan.Sources.Select(s => s.Name).Should().Equal("plays");
    }

    [Fact]
    public void Every_option_is_in_the_plan()
    {
        var planned = typeof(SettlementPlan).GetProperties().Select(p => p.Name).ToList();
        foreach (var option in typeof(SettlementOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
            planned.Should().Contain(option.Name);
        SameNames(typeof(UsageWriterOptions), typeof(UsageWriterLimits));
        SameNames(typeof(Settlements.Pipelines.PipelineOptions), typeof(Settlements.Pipelines.PipelineLimits));
        SameNames(typeof(Settlements.CorrectionOptions), typeof(Settlements.CorrectionLimits));

        static void SameNames(Type options, Type limits) =>
            options.GetProperties().Select(p => p.Name)
                .Should().BeEquivalentTo(limits.GetProperties().Select(p => p.Name).Where(n => n != "EqualityContract"));
    }

    [Fact]
    public void Meters_are_ordered_by_bytes_for_any_order_of_configuration()
    {
        var options = new SettlementOptions { Calendar = new BusinessCalendar("Asia/Seoul") };
        foreach (var meter in (string[])["\uFFFD", "\U0001F600", "b", "a"])
        {
            options.Rates.Add(meter, Rates(meter));
            options.UnpricedMeters.Add(meter);
        }

        var plan = SettlementPlan.From(options);
        plan.Rates.Keys.Should().Equal("a", "b", "\uFFFD", "\U0001F600");
        plan.UnpricedMeters.Should().Equal("a", "b", "\uFFFD", "\U0001F600");
    }

    [Fact]
    public void Options_are_read_once_for_all_stages()
    {
        using var services = new ServiceCollection().AddSettlement(s => s.Calendar("Asia/Seoul").UseStore("none")).BuildServiceProvider();
        services.GetRequiredService<SettlementPlan>().Should().BeSameAs(services.GetRequiredService<SettlementPlan>());
    }

    [Fact]
    public void Rates_registered_under_another_meters_name_are_refused()
    {
        using var services = new ServiceCollection()
            .AddSettlement(s => s.Calendar("Asia/Seoul").UseStore("none").Configure(o =>
                o.Rates.Add("click", Rates("view")))).BuildServiceProvider();
        services.Invoking(s => s.GetRequiredService<SettlementPlan>()).Should().Throw<OptionsValidationException>()
            .WithMessage("Rates['click'] has the rates of meter 'view'. Use the name of their meter as the key.");
    }

    private static MeterRates Rates(string meter) => MeterRates.Build(meter, r => r.Flat("1", new DateOnly(2024, 1, 1), Currency.KRW, 1m));

    [Fact]
    public void A_meter_that_is_also_a_value_of_another_measure_is_refused()
    {
        var errors = new List<string>();
        var builder = new UsageTableBuilder("plays").Table("play_log").OccurredAt("at").Item("item").Payee("payee")
            .Counts("view", by: "country").Counts("view:KR").Counts("views");

        builder.Build(errors).Should().BeNull();

        errors.Should().ContainSingle().Which.Should().Match("Source 'plays': meter 'view:KR' is counted by itself and * paid twice*");
    }

    private static UsageTable Plays(string name) =>
        new UsageTableBuilder(name).Table(name).Key("id").OccurredAt("at").Item("item").Payee("payee").Counts("view").Build([])!;
}
