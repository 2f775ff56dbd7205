using Settlement.SampleHost.Tests.Pages;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>Rates, corrections and statements over the API, by two admins.</summary>
public sealed class AdminApiTests
{
    [Fact]
    public async Task A_draft_of_rates_is_tried_and_approved_by_another_admin()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        var (ann, bob) = (await platform.LogInAsync("admin"), await platform.LogInAsync("admin"));

        (await ann.PostAsync("/api/rates/drafts", New("video.seconds"))).ShouldBeProblem(400, "video.seconds", "video.view or ad.view");
        (await ann.PostAsync("/api/rates/drafts", New("video.view", tiers: [new { upTo = 5, price = 1 }]))).ShouldBeProblem(400, "5");
        (await ann.PostAsync("/api/rates/drafts", New("video.view", firstDay: "2026-03-10"))).ShouldBeProblem(400, "2026-03-10 is closed");
        var draft = (await ann.PostAsync("/api/rates/drafts", New("video.view"))).Should(201);
        var path = $"/api/rates/drafts/{draft.Json.GetProperty("draftId").GetInt64()}";
        draft.Headers["Location"].Should().Be(path);
        var tried = (await bob.GetAsync($"{path}?period=month")).Should(200).Json;
        var trial = tried.GetProperty("trial");
        var total = trial.GetProperty("totals")[0];
        (total.GetProperty("before").GetDecimal(), total.GetProperty("after").GetDecimal()).Should().Be((1, 2));
        var approval = new
        {
            hash = tried.GetProperty("hash").GetString(), trialHash = trial.GetProperty("hash").GetString(), overridesGate = true,
        };

        (await ann.PostAsync($"{path}/approve?period=month", approval)).ShouldBeProblem(409, "another admin");
        (await bob.PostAsync($"{path}/approve?period=month", approval with { trialHash = "other" })).ShouldBeProblem(409, "has changed");
        (await bob.PostAsync($"{path}/approve?period=month", approval)).Should(200).Json.GetProperty("state").GetString().Should().Be(
            "approved");
        (await bob.PostAsync($"{path}/withdraw")).ShouldBeProblem(409);
        (await ann.GetAsync("/api/rates")).Should(200).Json.EnumerateArray().Should().ContainSingle(
            r => r.GetProperty("version").GetString() == "next").Which.GetProperty("tiers")[0].GetProperty("price").GetDecimal()
            .Should().Be(2);
        (await ann.GetAsync("/api/rates/drafts/999")).ShouldBeProblem(404);
        (await ann.GetAsync("/api/audit")).Should(200).Text.Should().Contain("POST /api/rates/drafts/{draftId}/approve");

        static object New(string meter, string firstDay = "2026-04-01", object[]? tiers = null) => new
        {
            meter, version = "next", firstDay, reason = "contract", model = "graduated", tiers = tiers ?? [new { price = 2 }],
        };
    }

    [Fact]
    public async Task An_exclusion_is_previewed_and_approved_by_another_admin_and_reinstated()
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (creator, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        var (ann, bob) = (await platform.LogInAsync("admin"), await platform.LogInAsync("admin"));

        (await ann.PostAsync("/api/corrections/exclusions", new { first = "2026-03-10" })).ShouldBeProblem(400, "reason", "video");
        var exclusion = new { first = "2026-03-10", last = "2026-03-10", video = videoId, reason = "bots" };
        var excluded = (await ann.PostAsync("/api/corrections/exclusions", exclusion)).Should(201);
        var path = excluded.Headers["Location"];
        excluded.Json.GetProperty("amount").GetDecimal().Should().Be(-1);
        excluded.Json.GetProperty("parts").EnumerateArray().Should().NotBeEmpty();
        var approval = new { hash = excluded.Json.GetProperty("hash").GetString() };
        (await ann.PostAsync($"{path}/approve", approval)).ShouldBeProblem(409, "Another admin");
        (await bob.PostAsync($"{path}/approve", new { hash = "other" })).ShouldBeProblem(409);
        (await bob.PostAsync($"{path}/approve", approval)).Should(200).Json.GetProperty("state").GetString().Should().NotBe("proposed");
        var reinstated = (await bob.PostAsync($"{path}/reinstatement", new { reason = "no bots" })).Should(201).Json;
        (await ann.PostAsync($"/api/corrections/{reinstated.GetProperty("correctionId").GetInt64()}/withdraw")).Should(200);

        (await ann.GetAsync("/api/corrections")).Should(200).Json.GetArrayLength().Should().Be(2);
        (await ann.GetAsync("/api/corrections/findings")).Should(200).Json.GetProperty("days").GetInt32().Should().Be(1);
        (await ann.PostAsync("/api/corrections/restatements", new { first = "2026-03-10", last = "2026-03-10", reason = "check" }))
            .ShouldBeProblem(409, "Nothing differs");
        (await ann.GetAsync("/api/corrections/999")).ShouldBeProblem(404);
        var statement = "/api/settlement/statement?month=2026-03";
        (await ann.GetAsync(statement)).ShouldBeProblem(400, "payee is missing");
        (await ann.GetAsync($"{statement}&payee={creator.UserId}")).Should(200).Json.GetProperty("report").GetProperty("total").GetDecimal()
            .Should().Be(1, "the exclusion is posted to an open day");
        await creator.AuthorizeAsync(PlatformUnderTest.Password); // its token has expired
        (await creator.GetAsync(statement)).Should(200).Json.GetProperty("payeeId").GetString().Should().Be(creator.UserId);
    }
}
