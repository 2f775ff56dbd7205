using System.Text.Json;
using static Settlements.Cli.Tests.SettlementTool;

namespace Settlements.Cli.Tests;

/// <summary>Rate versions in the store, on both stores.</summary>
[Collection(TwoStores.Tests)]
public sealed class RatesTests(TwoStores stores)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_is_proposed_approved_by_another_person_prices_usage_and_is_ended(bool isMySql)
    {
        using var program = await NewAsync(isMySql);
        (await program.RunAsync("rates", "history")).ShouldSucceed().Output.Should().Be("No rate version was proposed.\n");
        program.WriteEvents(
            "events.csv", Event(1, "2024-06-10T12:00:00+09:00", "v1", 10), Event(2, "2024-06-11T12:00:00+09:00", "v1", 15));
        (await program.RunAsync("import", "events.csv")).ShouldSucceed();

        var proposed = await program.RunAsync([
            .. "rates propose video.view ann-1 --scope payee:ann --from 2024-06-10 --tier 10=7 --tier 9.5".Split(' '),
            "--currency", "KRW", "--reason", "contract 7", "--by", "cho"]);
        var hash = (await JsonAsync(program, "rates history")).GetProperty("proposals")[0].GetProperty("hash").GetString()!;
        proposed.ShouldSucceed().Output.Should().Be(
            $"Proposed as rate version 1: video.view payee:ann ann-1 from 2024-06-10. It prices nothing until it is approved:\n"
            + $"  settlement approve 1 --hash {hash} --by NAME\n  settlement withdraw 1\n");
        (await program.RunAsync("approve", "1", "--hash", hash, "--by", "cho")).ShouldBeWrongUse("Another user has to approve it");
        (await program.RunAsync("approve", "1", "--hash", hash, "--by", "bob")).ShouldSucceed();
        var end = await JsonAsync(
            program, "rates end video.view ann-1 --scope payee:ann --until 2024-06-10 --reason ended --by cho");
        (await program.RunAsync("approve", "2", "--hash", end.GetProperty("hash").GetString()!, "--by", "bob")).ShouldSucceed();
        (await program.RunAsync("close", "--through", "2024-06-11")).ShouldSucceed();

        var explained = await program.RunAsync("explain", "--date", "2024-06-10", "--meter", "video.view", "--item", "v1");
        explained.ShouldSucceed().Output.Should().Contain("Rate table video.view payee:ann, version ann-1: graduated").And
            .MatchRegex(@"Rate version 1 of the store, proposed by cho \(contract 7\), approved by bob on [-0-9: ]+ UTC").And
            .MatchRegex(@"paid +70 ");
        (await program.RunAsync("explain", "--date", "2024-06-11", "--meter", "video.view", "--item", "v1")).ShouldSucceed().Output
            .Should().NotContain("of the store");
        var trial = await program.RunAsync("trial --proposal 1 --from 2024-06-11 --to 2024-06-11 --gate-total 5".Split(' '));
        (trial.ExitCode, trial.Output).Should().Be((1, trial.Output), trial.Error);
        trial.Output.Should().MatchRegex("ann +15 +142 +127 ", "the counter is 10 before; 15 × 9.5 = 142.5").And
            .MatchRegex(@"New version +Meter +Scope +From +Lines priced *\n.*\n *trial +video\.view +payee:ann +2024-06-11 +1 *\n");
        (await program.RunAsync("rates", "list", "--meter", "video.view")).ShouldSucceed().Output.Should()
            .MatchRegex(@"video\.view +2017-01 +2017-01-01 +KRW +graduated over lifetime: .* code +priced").And
            .MatchRegex(@"payee:ann +ann-1 +2024-06-10 +2024-06-10 +KRW +graduated over lifetime: 1-10 at 7, 11- at 9\.5 +store +priced +1 +bob");
        (await program.RunAsync("rates", "history")).ShouldSucceed().Output.Should()
            .MatchRegex(@"2 +approved +video\.view payee:ann ann-1 until 2024-06-10 +ended +cho .* bob .*\n *1 +approved +video\.view payee:ann ann-1 from");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exported_versions_are_imported_again_with_a_new_one(bool isMySql)
    {
        using var program = await NewAsync(isMySql);
        var cancelled = TestContext.Current.CancellationToken;
        (await program.RunAsync("rates", "export", "--output", "rates.csv")).ShouldSucceed().Output.Should().Be(
            "Exported rates to rates.csv.\n");
        await File.AppendAllTextAsync(
            program.PathOf("rates.csv"), "ad.view,item:v9,new,2024-06-10,,flat,,KRW,,,,,3,\n", cancelled);

        var imported = await program.RunAsync("rates", "import", "rates.csv", "--reason", "contract 8", "--by", "cho");
        imported.ShouldSucceed().Output.Should().MatchRegex(@"^Proposed 1 version\. \d versions exist or are proposed already\.\n").And
            .MatchRegex(@"1 +ad\.view item:v9 new from 2024-06-10 +[0-9a-f]{64}").And.Contain("settlement approve NUMBER");
        var again = await JsonAsync(program, "rates import rates.csv --reason again --by cho");
        again.GetProperty("proposals").GetArrayLength().Should().Be(0);
        var hash = (await JsonAsync(program, "rates history")).GetProperty("proposals")[0].GetProperty("hash").GetString()!;
        (await program.RunAsync("approve", "1", "--hash", hash, "--by", "bob")).ShouldSucceed();
        var json = (await program.RunAsync("rates", "export", "--output", "-", "--meter", "ad.view")).ShouldSucceed().Json;
        json.GetProperty("ad.view").GetProperty("overrides")[0].GetProperty("item").GetString().Should().Be("v9");

        await File.WriteAllTextAsync(
            program.PathOf("bad.csv"), "meter,version,from,model,currency,price\nad.view,2017-01,2017-01-01,flat,KRW,1\nx,y,z,flat,KRW,1\n",
            cancelled);
        (await program.RunAsync("rates", "import", "bad.csv", "--reason", "contract", "--by", "cho")).ShouldBeWrongUse(
            "error: bad.csv: row 2: Rate table 'ad.view' 2017-01 exists as", "error: bad.csv: row 3: column 'from': the value is 'z'");
    }

    [Fact]
    public async Task Wrong_use_of_rates_is_refused_with_the_remedy()
    {
        using var program = await NewAsync(isMySql: false);
        const string Propose = "rates propose video.view x --from 2024-06-10 --currency KRW --reason r --by cho";

        foreach (var (command, message) in new[]
        {
            (Propose, "Use --price for flat"),
            ("rates propose", "See: settlement rates propose --help"),
            ($"{Propose} --model package --price 1", "--units-per-package for package"),
            ($"{Propose} --tier 5:1", "--tier '5:1' is not a tier"),
            ($"{Propose} --price x", "--price 'x' is not a price"),
            ($"{Propose} --tier 5=1", "nothing prices unit 6"),
            ($"{Propose} --price 1 --scope user:x", "use an empty text, item:ID or payee:ID"),
            ($"{Propose} --price 1 --minor-unit-digits 9", "--minor-unit-digits is 9. Use 0 to 4."),
            ($"{Propose} --price 1 --minor-unit-digits 2", "without --minor-unit-digits, for example --currency KRW"),
            (Propose.Replace("KRW", "SEK", StringComparison.Ordinal) + " --price 1", "--currency SEK --minor-unit-digits 2"),
            ("trial --from 2024-06-10 --to 2024-06-10", "--candidate FILE or with --proposal NUMBER"),
            ("rates export --output - --json", "--json and --output -"),
            ("rates export --output none/rates.csv", "There is no folder"),
            ("rates import none.csv --reason r --by cho", "There is no file 'none.csv'"),
            ("rates end video.view none --until 2024-06-10 --reason r --by cho", "does not exist"),
        })
        {
            (await program.RunAsync(command.Split(' '))).ShouldBeWrongUse(message);
        }
    }

    private async Task<SettlementTool> NewAsync(bool isMySql)
    {
        var program = new SettlementTool(isMySql ? await stores.Server.CreateDatabaseAsync($"rates_{Guid.NewGuid():N}") : null);
        (await program.RunAsync("schema", "apply")).ShouldSucceed();
        return program;
    }

    private static async Task<JsonElement> JsonAsync(SettlementTool program, string command) =>
        (await program.RunAsync([.. command.Split(' '), "--json"])).ShouldSucceed().Json;
}
