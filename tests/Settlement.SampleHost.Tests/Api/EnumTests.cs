using Settlement.SampleHost.Rates;
using Settlements;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>Named values in bodies of the API.</summary>
public sealed class EnumTests
{
    public static TheoryData<RateMode> Models => [.. Enum.GetValues<RateMode>()];

    [Theory]
    [InlineData("model", 0)]
    [InlineData("model", 99)]
    [InlineData("model", "1")]
    [InlineData("counter", 2)]
    public async Task A_number_instead_of_a_name_is_refused_with_a_remedy(string property, object value)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var body = new Dictionary<string, object>
        {
            ["meter"] = "video.view", ["version"] = "next", ["firstDay"] = "2026-04-01", ["reason"] = "contract", [property] = value,
            ["tiers"] = new[] { new { price = 2 } },
        };

        var answer = await (await platform.LogInAsync("admin")).PostAsync("/api/rates/drafts", body);

        answer.ShouldBeProblem(400, $"'$.{property}'", "See /openapi/v1.json for the schema");
        var schema = (await platform.Anonymous.GetAsync("/openapi/v1.json")).Should(200).Text;
        schema.Should().Contain("graduated").And.Contain("lifetime", "the remedy names the values");
    }

    [Fact]
    public async Task The_visibility_of_a_video_is_a_name()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var creator = await platform.LogInAsync("creator");

        (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 100, visibility = 1 })).ShouldBeProblem(
            400, "'$.visibility'");
        (await creator.PostAsync("/api/videos", new { title = "A video", lengthSeconds = 100, visibility = "unlisted" })).Should(201);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Each_pricing_model_of_a_draft_is_mapped_to_its_own_table(RateMode model) =>
        Draft(model).ToTable().Mode.Should().Be(model);

    [Fact]
    public void A_model_that_is_not_mapped_is_not_priced_as_another_one() => FluentActions.Invoking(() => Draft((RateMode)99).ToTable())
        .Should().Throw<NotSupportedException>().WithMessage("*99*");

    private static DraftRequest Draft(RateMode model) => new(
        "video.view", "next", "2026-04-01", "contract", model, null, [new Tier(null, 2)], model == RateMode.Package ? 10 : null, null);
}
