using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Settlements.AspNetCore.Tests;

public sealed class ConfiguredOptionsTests
{
    [Fact]
    public void Options_are_bound_from_configuration_and_validated_with_the_rest()
    {
        var options = Bind(("Grace", "00:30:00"), ("StartsOn", "2024-07-01"), ("RankingSize", "5"), ("UnpricedMeters:0", "video.seconds"),
            ("Pipeline:Workers", "4"), ("Pipeline:LeaseDuration", "00:00:10"), ("Writer:Committers", "3"), ("Writer:DrainMax", "00:00:05"),
            ("Corrections:SecondPerson", "false"), ("Corrections:AnomalyPercentMax", "50"));

        (options.Grace, options.StartsOn, options.RankingSize).Should().Be((TimeSpan.FromMinutes(30), new DateOnly(2024, 7, 1), 5));
        options.UnpricedMeters.Should().Equal("video.seconds");
        (options.Pipeline.Workers, options.Pipeline.LeaseDuration, options.Pipeline.RetriesMax)
            .Should().Be((4, TimeSpan.FromSeconds(10), 5));
        (options.Writer.Committers, options.Writer.DrainMax, options.Writer.RetriesMax).Should().Be((3, TimeSpan.FromSeconds(5), 3));
        (options.Corrections.SecondPerson, options.Corrections.AnomalyPercentMax).Should().Be((false, 50m));
        options.Calendar!.TimeZoneId.Should().Be("Asia/Seoul");
    }

    [Fact]
    public void Errors_of_configured_options_are_reported_together() =>
        FluentActions.Invoking(() => Bind(("Pipeline:Workers", "0"), ("Writer:Committers", "17"), ("RankingSize", "0")))
            .Should().Throw<OptionsValidationException>().Which.Failures.Should().BeEquivalentTo(
                "RankingSize is 0; use 1 to 10000.", "Workers is 0; use 1 to 64.", "Writer.Committers is 17; use 1 to 16.");

    private static SettlementOptions Bind(params (string Key, string Value)[] values)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(values.Select(v => KeyValuePair.Create($"Settlement:{v.Key}", (string?)v.Value)));
        builder.Services.AddSettlement(s => s.Calendar("Asia/Seoul").UseStore("none"));
        builder.Services.Configure<SettlementOptions>(builder.Configuration.GetSection("Settlement"));
        using var app = builder.Services.BuildServiceProvider();
        return app.GetRequiredService<IOptions<SettlementOptions>>().Value;
    }
}
