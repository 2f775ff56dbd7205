using Microsoft.Data.Sqlite;
using static Settlements.Cli.Tests.SettlementTool;

namespace Settlements.Cli.Tests;

public sealed class CloseAndReadTests : IDisposable
{
    private readonly SettlementTool _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Days_are_closed_in_order_and_only_once()
    {
        await _program.CloseTwoDaysAsync();

        var next = (await _program.RunAsync("close", "--through", "2024-06-13", "--json")).ShouldSucceed().Json;
        var again = (await _program.RunAsync("close", "--through", "2024-06-13")).ShouldSucceed();

        next.GetProperty("days").EnumerateArray().Select(d => d.GetProperty("day").GetString()).Should().Equal("2024-06-12", "2024-06-13");
        again.Output.Should().Contain("Nothing to close");
    }

    [Fact]
    public async Task A_day_that_has_not_ended_is_refused()
    {
        var answer = await _program.RunAsync("close", "--through", $"{DateTime.UtcNow.AddHours(9):yyyy-MM-dd}");

        answer.ShouldBeWrongUse("can't be closed before", "Asia/Seoul");
    }

    [Fact]
    public async Task The_ranking_of_a_week_orders_its_items_by_units()
    {
        await _program.CloseTwoDaysAsync();

        var json = (await _program.RunAsync("top", "--period", "week", "--date", "2024-06-16", "--by", "video.view", "--json"))
            .ShouldSucceed().Json;
        var text = (await _program.RunAsync("top", "--period", "day", "--date", "2024-06-11", "--by", "video.view", "--count", "1"))
            .ShouldSucceed();
        var unpriced = (await _program.RunAsync("top", "--period", "month", "--date", "2024-06-11", "--by", "video.seconds"))
            .ShouldSucceed();
        var bobs = (await _program.RunAsync("top", "--period", "week", "--date", "2024-06-11", "--by", "video.view", "--payee", "bob",
            "--json")).Json;

        json.GetProperty("first").GetString().Should().Be("2024-06-10");
        json.GetProperty("items").EnumerateArray().Select(i => (i.GetProperty("item_id").GetString(), i.GetProperty("quantity").GetInt64()))
            .Should().Equal(("v1", 1_150_000), ("v2", 10));
        text.Output.Should().MatchRegex(@"1 +v1 +ann +600,000").And.NotContain("v2").And.NotContain("\u001b");
        unpriced.Output.Should().MatchRegex(@"v2 +bob +900");
        bobs.GetProperty("items").GetArrayLength().Should().Be(1);
        (await _program.RunAsync("top", "--period", "week", "--date", "2024-06-11", "--by", "video.veiw"))
            .ShouldBeWrongUse("no meter 'video.veiw'", "video.view");
    }

    [Fact]
    public async Task A_statement_is_the_sum_of_its_lines()
    {
        await _program.CloseTwoDaysAsync();

        var all = (await _program.RunAsync("statement", "--period", "month", "--date", "2024-06-01", "--json")).ShouldSucceed().Json;
        var ann = (await _program.RunAsync("statement", "--period", "week", "--date", "2024-06-11", "--payee", "ann")).ShouldSucceed();

        // 605,000 + 810,000 for the views, 16,300,010 for the ads.
        all.GetProperty("payees")[0].GetProperty("totals")[0].GetProperty("amount").GetRawText().Should().Be("17715010");
        all.GetProperty("payees")[1].GetProperty("payee_id").GetString().Should().Be("bob");
        ann.Output.Should().Contain("17,715,010 KRW").And.MatchRegex(@"video\.view +v1 +1,150,000 +1,415,000 KRW")
            .And.MatchRegex(@"ad\.view +v1/ad-1 +1,150,000 +16,300,010 KRW").And.Contain("2 of 7 days closed");
    }

    [Fact]
    public async Task Lines_are_exported_in_order_with_exact_amounts()
    {
        await _program.CloseTwoDaysAsync();

        (await _program.RunAsync("lines", "--from", "2024-06-10", "--to", "2024-06-11", "--output", "lines.csv")).ShouldSucceed();
        var piped = (await _program.RunAsync("lines", "--from", "2024-06-10", "--to", "2024-06-11", "--output", "-")).ShouldSucceed();

        var expected = "posting_date,kind,usage_date,meter,item_id,payee_id,quantity,"
            + "counter_before,counter_after,rate_scope,rate_version,exact_amount,"
            + "amount,currency,restates\n"
            + "2024-06-10,usage,2024-06-10,video.view,v1,ann,550000,0,550000,,2017-01,605000.3,605000,KRW,\n"
            + "2024-06-11,usage,2024-06-11,ad.view,v1/ad-1,ann,1150000,0,1150000,,2017-01,16300010,16300010,KRW,\n"
            + "2024-06-11,usage,2024-06-11,video.seconds,v2,bob,900,,,,,,,,\n"
            + "2024-06-11,usage,2024-06-11,video.view,v1,ann,600000,550000,1150000,,2017-01,810000.2,810000,KRW,\n"
            + "2024-06-11,usage,2024-06-11,video.view,v2,bob,10,0,10,,2017-01,10,10,KRW,\n";
        (await File.ReadAllTextAsync(_program.PathOf("lines.csv"), TestContext.Current.CancellationToken)).Should().Be(expected);
        piped.Output.Should().Be(expected);
        Directory.GetFiles(_program.Folder, "*.unfinished").Should().BeEmpty();
    }

    [Fact]
    public async Task A_failed_export_leaves_the_earlier_file_unchanged()
    {
        await _program.CloseTwoDaysAsync();
        await File.WriteAllTextAsync(_program.PathOf("lines.csv"), "earlier", TestContext.Current.CancellationToken);
        await BreakAsync("ALTER TABLE settlement_lines DROP COLUMN currency_digits");

        var answer = await _program.RunAsync("lines", "--from", "2024-06-10", "--to", "2024-06-11", "--output", "lines.csv");

        answer.ShouldBeWrongUse();
        (await File.ReadAllTextAsync(_program.PathOf("lines.csv"), TestContext.Current.CancellationToken)).Should().Be("earlier");
        Directory.GetFiles(_program.Folder, "*.unfinished").Should().BeEmpty();
    }

    [Fact]
    public async Task Ids_with_commas_and_quotes_are_quoted()
    {
        _program.WriteEvents("a.csv", $"{Id(1)},2024-06-10T00:00:00Z,video.view,\"a,\"\"b\"\"\",-ann,5");
        await _program.RunAsync("import", "a.csv");
        await _program.RunAsync("close", "--through", "2024-06-10");

        var lines = await _program.RunAsync("lines", "--from", "2024-06-10", "--to", "2024-06-10", "--output", "-");
        var explained = await _program.RunAsync("explain", "--date", "2024-06-10", "--meter", "video.view", "--item", "a,\"b\"");

        lines.ShouldSucceed().Output.Should()
            .Contain("\n2024-06-10,usage,2024-06-10,video.view,\"a,\"\"b\"\"\",-ann,5,0,5,,2017-01,5,5,KRW,\n");
        explained.ShouldSucceed();
    }

    [Fact]
    public async Task A_line_is_explained_tier_by_tier()
    {
        await _program.CloseTwoDaysAsync();

        var text = (await _program.RunAsync("explain", "--date", "2024-06-10", "--meter", "video.view", "--item", "v1")).ShouldSucceed();
        var json = (await _program.RunAsync("explain", "--date", "2024-06-10", "--meter", "video.view", "--item", "v1", "--json"))
            .ShouldSucceed().Json;

        text.Output.Should().Contain("version 2017-01").And.MatchRegex(@"1 +1 +99,999 +99,999 +1 +99,999")
            .And.MatchRegex(@"2 +100,000 +499,999 +400,000 +1\.1 +440,000").And.MatchRegex(@"3 +500,000 +550,000 +50,001 +1\.3 +65,001\.3")
            .And.MatchRegex(@"exact +605,000\.3").And.MatchRegex(@"paid +605,000 ");
        json.GetProperty("lines")[0].GetProperty("exact_amount").GetRawText().Should().Be("605000.3");
    }

    [Fact]
    public async Task Late_events_are_posted_to_the_next_day_and_explained_with_their_usage_date()
    {
        await _program.CloseTwoDaysAsync();

        var late = (await _program.RunAsync("import", _program.WriteEvents("late.csv", Event(9, "2024-06-10T12:00:00+09:00", "v1", 7)),
            "--json")).Json;
        await _program.RunAsync("close", "--through", "2024-06-12");
        var explained = (await _program.RunAsync("explain", "--date", "2024-06-12", "--meter", "video.view", "--item", "v1"))
            .ShouldSucceed();

        late.GetProperty("late").GetInt32().Should().Be(1);
        explained.Output.Should().Contain("A usage of 2024-06-10").And.Contain("7 units: counter 1,150,000 before, 1,150,007 after").And
            .MatchRegex(@"4 +1,150,001 +1,150,007 +7 +1\.5 +10\.5");
    }

    [Fact]
    public async Task Verification_finds_a_changed_event()
    {
        await _program.CloseTwoDaysAsync();

        var clean = await _program.RunAsync("verify", "--from", "2024-06-10", "--to", "2024-06-11");
        await BreakAsync("UPDATE usage_events SET quantity = 550001 WHERE quantity = 550000");
        var text = await _program.RunAsync("verify", "--from", "2024-06-10", "--to", "2024-06-11");
        var json = await _program.RunAsync("verify", "--from", "2024-06-10", "--to", "2024-06-10", "--json");

        clean.ShouldSucceed().Output.Should().Contain("No difference").And.Contain("5 lines");
        text.ExitCode.Should().Be(1);
        text.Output.Should().MatchRegex("2024-06-10 +video.view +v1 +ann +quantity +550000 +550001");
        json.ExitCode.Should().Be(1);
        json.Json.GetProperty("is_clean").GetBoolean().Should().BeFalse();
        json.Json.GetProperty("differences").GetArrayLength().Should().Be(json.Json.GetProperty("differences_count").GetInt32());
    }

    [Fact]
    public async Task Runs_are_listed_newest_first()
    {
        await _program.CloseTwoDaysAsync();

        var json = (await _program.RunAsync("runs", "--json")).ShouldSucceed().Json;
        var text = (await _program.RunAsync("runs")).ShouldSucceed();

        json.GetProperty("runs").EnumerateArray().Select(r => (r.GetProperty("key").GetString(), r.GetProperty("state").GetString()))
            .Should().Equal(("2024-06-11", "completed"), ("2024-06-10", "completed"));
        text.Output.Should().MatchRegex(@"close-day +2024-06-11 +completed +3/3 +\d+ ");
    }

    private async Task BreakAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_program.Database};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
