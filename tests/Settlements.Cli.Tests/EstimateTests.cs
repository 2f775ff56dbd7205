using System.Text.Json;

namespace Settlements.Cli.Tests;

/// <summary>Estimates of open days, on both stores.</summary>
[Collection(TwoStores.Tests)]
public sealed class EstimateTests(TwoStores stores)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_estimate_is_refreshed_printed_and_added_to_a_statement_on_request(bool isMySql)
    {
        using var program = new SettlementTool(isMySql ? await stores.Server.CreateDatabaseAsync("estimate") : null);
        program.WriteEvents(
            "events.csv",
            SettlementTool.Event(1, "2024-06-10T12:00:00+09:00", "v1", 550_000),
            SettlementTool.Event(2, "2024-06-11T12:00:00+09:00", "v1", 600_000),
            SettlementTool.Event(3, "2024-06-12T12:00:00+09:00", "v2", 10, payee: "bob"));
        (await program.RunAsync("import", "events.csv")).ShouldSucceed();
        (await program.RunAsync("close", "--through", "2024-06-10")).ShouldSucceed();

        var without = await JsonAsync(program, "statement --period month --date 2024-06-10");
        (await program.RunAsync("estimate", "--date", "2024-06-10")).ShouldSucceed().Output.Should()
            .Contain("No day of month 2024-06-01 to 2024-06-30 is estimated").And.Contain("settlement estimate --refresh");
        var refreshed = (await program.RunAsync("estimate", "--refresh", "--through", "2024-06-12")).ShouldSucceed().Output;
        var anns = await JsonAsync(program, "estimate --date 2024-06-12 --period week --payee ann");
        var both = await JsonAsync(program, "statement --period month --date 2024-06-10 --include-estimate");
        var ofAnn = (await program.RunAsync(
            "statement", "--period", "month", "--date", "2024-06-10", "--payee", "ann", "--include-estimate")).ShouldSucceed().Output;

        // Day 1 is 605,000 and published, day 2 is 810,000.
        refreshed.Should().Contain("Estimated 2024-06-11 to 2024-06-12: 2 events.").And.MatchRegex("ann +810,000 KRW")
            .And.Contain("Open days of month 2024-06-01 to 2024-06-30, 2024-06-11 to 2024-06-12 estimated as of 2024-06-12T14:59:59Z");
        anns.GetProperty("payees").GetArrayLength().Should().Be(1);
        anns.GetProperty("payees")[0].GetProperty("totals")[0].GetProperty("amount").GetDecimal().Should().Be(810_000);
        anns.GetProperty("estimate").GetProperty("first").GetString().Should().Be("2024-06-11");
        both.GetProperty("payees")[0].GetProperty("totals")[0].GetProperty("amount").GetDecimal().Should().Be(1_415_000);
        both.GetProperty("estimate").GetProperty("last").GetString().Should().Be("2024-06-12");
        ofAnn.Should().Contain("1 of 30 days closed").And.Contain("2024-06-11 to 2024-06-12 estimated as of").And.Contain("1,415,000 KRW");
        (await JsonAsync(program, "statement --period month --date 2024-06-10")).GetRawText().Should().Be(without.GetRawText());
        without.TryGetProperty("estimate", out _).Should().BeFalse();
        (await program.RunAsync("estimate", "--through", "2024-06-12")).ShouldBeWrongUse("use it together with --refresh");
        (await program.RunAsync("estimate", "--refresh", "--through", "2024-08-12")).ShouldBeWrongUse("days are open", "Close days");
    }

    private static async Task<JsonElement> JsonAsync(SettlementTool program, string command) =>
        (await program.RunAsync([.. command.Split(' '), "--json"])).ShouldSucceed().Json;
}
