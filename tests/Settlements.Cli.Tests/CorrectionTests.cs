using System.Text.Json;
using static Settlements.Cli.Tests.SettlementTool;

namespace Settlements.Cli.Tests;

/// <summary>Exclusions, restatements and approvals, on both stores.</summary>
[Collection(TwoStores.Tests)]
public sealed class CorrectionTests(TwoStores stores)
{
    private const string Days = "--from 2024-06-10 --to 2024-06-11";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exclusion_is_proposed_approved_by_another_person_posted_and_reinstated(bool isMySql)
    {
        using var program = await ClosedAsync(isMySql);

        var proposed = await JsonAsync(program, $"exclude {Days} --item v2 --meter video.view --reason bots --by ann");
        var hash = proposed.GetProperty("hash").GetString()!;
        (await program.RunAsync("approve", "1", "--hash", hash, "--by", "ann")).ShouldBeWrongUse("Another user has to approve it");
        (await program.RunAsync("approve", "1", "--hash", "0000", "--by", "bob")).ShouldBeWrongUse(hash);
        (await program.RunAsync("proposals")).ShouldSucceed().Output.Should().MatchRegex($"1 +exclusion +proposed +bots +ann .*{hash}");
        (await program.RunAsync("approve", "1", "--hash", hash, "--by", "bob")).ShouldSucceed().Output.Should()
            .Contain("Approved exclusion 1.");
        (await program.RunAsync("proposals")).ShouldSucceed().Output.Should().Contain("No proposal has this state.");
        (await program.RunAsync("close", "--through", "2024-06-12")).ShouldSucceed();
        (await LinesAsync(program, "2024-06-12")).Should()
            .Contain("2024-06-12,usage,2024-06-11,video.view,v2,bob,-10,10,0,,2017-01,-10,-10,KRW,");

        var reinstated = await JsonAsync(program, "reinstate 1 --reason appeal --by ann");
        (await program.RunAsync("approve", "2", "--hash", reinstated.GetProperty("hash").GetString()!, "--by", "bob")).ShouldSucceed();
        (await program.RunAsync("close", "--through", "2024-06-13")).ShouldSucceed();
        (await LinesAsync(program, "2024-06-13")).Should()
            .Contain("2024-06-13,usage,2024-06-11,video.view,v2,bob,10,0,10,,2017-01,10,10,KRW,");

        proposed.GetProperty("parts")[0].GetProperty("quantity").GetInt64().Should().Be(-10);
        proposed.GetProperty("amounts")[0].GetProperty("amount").GetDecimal().Should().Be(-10);
        var all = (await JsonAsync(program, "proposals --state all")).GetProperty("proposals").EnumerateArray().ToList();
        all.Select(p => (p.GetProperty("kind").GetString(), p.GetProperty("state").GetString(), p.GetProperty("approved_by").GetString()))
            .Should().Equal(("reinstatement", "done", "bob"), ("exclusion", "done", "bob"));
        (await program.RunAsync("verify", "--from", "2024-06-10", "--to", "2024-06-13")).ShouldSucceed();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restatement_posts_the_differences_of_published_lines_under_the_changed_file(bool isMySql)
    {
        using var program = await ClosedAsync(isMySql);
        var json = await File.ReadAllTextAsync(program.PathOf("settlement.json"), TestContext.Current.CancellationToken);

        (await program.RunAsync($"restate {Days} --reason none --by ann".Split(' '))).ShouldSucceed().Output.Should()
            .Contain("nothing is proposed");
        program.Configure(json.Replace(
            "\"ad.view\": {\n      \"versions\": [",
            """
            "ad.view": {
                  "versions": [
                    { "version": "2024b", "from": "2024-06-01", "currency": "KRW", "model": "flat", "price": 1, "supersedes": "2017-01" },
            """,
            StringComparison.Ordinal));
        var preview = await program.RunAsync($"restate {Days} --reason contract --by ann".Split(' '));
        var hash = (await JsonAsync(program, "proposals")).GetProperty("proposals")[0].GetProperty("hash").GetString()!;
        (await program.RunAsync("approve", "1", "--hash", hash, "--by", "bob")).ShouldSucceed().Output.Should()
            .Contain("first open day posts the differences");
        (await program.RunAsync("close", "--through", "2024-06-12")).ShouldSucceed();

        // 16,300,010 published; 1,150,000 units at 1.
        preview.ShouldSucceed().Output.Should().Contain("1 line differs").And.MatchRegex(@"v1/ad-1 +ann +0 +16,300,010 +1,150,000 +2024b");
        (await LinesAsync(program, "2024-06-12")).Should().Contain("2024-06-12,restatement,2024-06-11,ad.view,v1/ad-1,ann,0,").And
            .Contain(",-15150010,KRW,");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trial_is_compared_with_its_gate_proposed_and_approved(bool isMySql)
    {
        using var program = await ClosedAsync(isMySql);
        const string Candidate = """
            { "ad.view": { "versions": [ { "version": "n", "from": "2017-01-01", "currency": "KRW", "model": "flat", "price": 15 } ] } }
            """;
        await File.WriteAllTextAsync(program.PathOf("candidate.json"), Candidate, TestContext.Current.CancellationToken);
        var trial = $"trial --candidate candidate.json {Days} --gate-payee 5 --gate-payee-min 1000";

        var refused = await program.RunAsync(trial.Split(' '));
        var published = await JsonAsync(program, $"trial --candidate settlement.json {Days} --gate-total 0 --propose checked --by ann");
        (await program.RunAsync($"{trial} --propose checked --by ann".Split(' '))).ShouldBeWrongUse("overrideGate");
        var hash = published.GetProperty("hash").GetString()!;
        (await program.RunAsync("proposals")).ShouldSucceed().Output.Should().MatchRegex($"1 +trial +proposed +checked +ann .*{hash}");
        (await program.RunAsync("approve", "1", "--hash", hash, "--by", "ann")).ShouldBeWrongUse("Another user has to approve it");
        (await program.RunAsync("approve", "1", "--hash", hash, "--by", "bob")).ShouldSucceed().Output.Should()
            .Be("Approved trial 1. Nothing is posted.\n");

        // 16,300,010 published; 1,150,000 units at 15.
        refused.ExitCode.Should().Be(1);
        refused.Output.Should().MatchRegex(@"ann +[0-9,]+ +[0-9,]+ +949,990 ").And.Contain("Payee 'ann' changes from");
        published.GetProperty("passes").GetBoolean().Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_withdrawn_proposal_is_not_posted(bool isMySql)
    {
        using var program = await ClosedAsync(isMySql);
        var hash = (await JsonAsync(program, $"exclude {Days} --payee bob --reason bots --by ann")).GetProperty("hash").GetString()!;

        (await program.RunAsync("withdraw", "1")).ShouldSucceed().Output.Should().Be("Withdrew exclusion 1.\n");

        (await program.RunAsync("withdraw", "1")).ShouldBeWrongUse("Proposal 1 is withdrawn");
        (await program.RunAsync("approve", "1", "--hash", hash, "--by", "bob")).ShouldBeWrongUse("withdrawn");
        (await program.RunAsync("withdraw", "7")).ShouldBeWrongUse("There is no proposal 7.", "settlement proposals");
        (await program.RunAsync("reinstate", "1", "--reason", "x", "--by", "ann")).ShouldBeWrongUse("not a posted exclusion");
        (await program.RunAsync($"exclude {Days} --item none --reason bots --by ann".Split(' '))).ShouldBeWrongUse("matches no usage");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_day_with_unusual_amounts_waits_for_approval(bool isMySql)
    {
        using var program = await NewAsync(isMySql);
        var json = await File.ReadAllTextAsync(program.PathOf("settlement.json"), TestContext.Current.CancellationToken);
        program.Configure(json.Replace("\"calendar\":", "\"corrections\": { \"anomalyPercentMax\": 50 },\n  \"calendar\":",
            StringComparison.Ordinal));
        program.WriteEvents("events.csv", [
            .. Enumerable.Range(1, 7).Select(day => Event(day, $"2024-06-0{day}T12:00:00+09:00", "v1", 100)),
                Event(8, "2024-06-08T12:00:00+09:00", "v1", 900)]);
        (await program.RunAsync("import", "events.csv")).ShouldSucceed();

        var waiting = await program.RunAsync("close", "--through", "2024-06-08");
        var proposal = (await JsonAsync(program, "proposals")).GetProperty("proposals")[0];
        var (number, hash) = ($"{proposal.GetProperty("proposal").GetInt64()}", proposal.GetProperty("hash").GetString()!);
        (await program.RunAsync("withdraw", number)).ShouldBeWrongUse("a day that waits for approval");
        (await program.RunAsync("approve", number, "--hash", "0000", "--by", "bob")).ShouldBeWrongUse(hash);
        (await program.RunAsync("approve", number, "--hash", hash, "--by", "bob")).ShouldSucceed().Output.Should()
            .Contain("The next close publishes the day.");

        waiting.ExitCode.Should().Be(2);
        waiting.Error.Should().Contain("2024-06-08");
        proposal.GetProperty("kind").GetString().Should().Be("publication");
        (await program.RunAsync("close", "--through", "2024-06-08")).ShouldSucceed().Output.Should()
            .Contain("Closed 1 day through 2024-06-08.");
    }

    private async Task<SettlementTool> NewAsync(bool isMySql) =>
        new(isMySql ? await stores.Server.CreateDatabaseAsync($"corrections_{Guid.NewGuid():N}") : null);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_that_a_close_recorded_by_mistake_is_discarded(bool isMySql)
    {
        using var program = await NewAsync(isMySql);
        var json = (await File.ReadAllTextAsync(program.PathOf("settlement.json"), TestContext.Current.CancellationToken))
            .Replace("\"calendar\":", "\"corrections\": { \"anomalyPercentMax\": 50 },\n  \"calendar\":", StringComparison.Ordinal);
        const string Mistake = """{ "version": "b", "from": "2024-06-08", "currency": "KRW", "model": "flat", "price": 300 }, """;
        var versions = json.IndexOf("\"versions\": [", StringComparison.Ordinal) + "\"versions\": [".Length;
        program.Configure(json);
        program.WriteEvents("events.csv", [
            .. Enumerable.Range(1, 8).Select(day => Event(day, $"2024-06-0{day}T12:00:00+09:00", "v1", 100))]);
        (await program.RunAsync("import", "events.csv")).ShouldSucceed();
        (await program.RunAsync("close", "--through", "2024-06-07")).ShouldSucceed();

        program.Configure(json.Insert(versions, Mistake));
        (await program.RunAsync("close", "--through", "2024-06-08")).ExitCode.Should().NotBe(0, "the amount of the day is unusual");
        program.Configure(json);
        (await program.RunAsync("close", "--through", "2024-06-08")).ShouldBeWrongUse("settlement rates discard");
        (await program.RunAsync("rates", "discard", "video.view", "none", "--by", "ann")).ShouldBeWrongUse("No close has recorded");
        (await program.RunAsync("rates", "discard", "video.view", "2017-01", "--by", "ann")).ShouldBeWrongUse("has priced published days");
        (await program.RunAsync("rates", "discard", "video.view", "b", "--by", "ann")).ShouldSucceed().Output.Should()
            .Be("Discarded version b of meter 'video.view'.\n");
        (await program.RunAsync("close", "--through", "2024-06-08")).ShouldSucceed();
    }

    private async Task<SettlementTool> ClosedAsync(bool isMySql)
    {
        var program = await NewAsync(isMySql);
        await program.CloseTwoDaysAsync();
        return program;
    }

    private static async Task<JsonElement> JsonAsync(SettlementTool program, string command) =>
        (await program.RunAsync([.. command.Split(' '), "--json"])).ShouldSucceed().Json;

    private static async Task<string> LinesAsync(SettlementTool program, string day) =>
        (await program.RunAsync("lines", "--from", day, "--to", day, "--output", "-")).ShouldSucceed().Output;
}
