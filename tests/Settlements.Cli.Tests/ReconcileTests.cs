using Microsoft.Data.Sqlite;

namespace Settlements.Cli.Tests;

public sealed class ReconcileTests
{
    private static readonly string[] Reconcile = ["reconcile", "--from", "2024-06-10", "--to", "2024-06-11"];

    [Fact]
    public async Task Rows_inserted_by_hand_are_posted_to_the_next_day_and_only_once()
    {
        using var program = new SettlementTool();
        await program.CloseTwoDaysAsync();
        await ExecuteAsync(program, $"""
            INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
            SELECT occurred_at, X'{Guid.NewGuid():N}', meter, item_id, payee_id,
                50 FROM usage_events WHERE item_id = 'v2' AND meter = 'video.view'
            """);

        var found = (await program.RunAsync(Reconcile)).ShouldSucceed();
        var again = (await program.RunAsync([.. Reconcile, "--json"])).ShouldSucceed();
        (await program.RunAsync("close", "--through", "2024-06-12")).ShouldSucceed();
        var lines = (await program.RunAsync("lines", "--from", "2024-06-12", "--to", "2024-06-12", "--output", "-")).ShouldSucceed();

        found.Output.Should().Contain("2 closed days: 1 difference posted, 0 reported.")
            .And.MatchRegex(@"2024-06-11 +video\.view +v2 +bob +increase +10 +60 +50 +posted to 2024-06-12");
        again.Json.GetProperty("posted_count").GetInt64().Should().Be(0);
        lines.Output.Should().Contain("2024-06-12,usage,2024-06-11,video.view,v2,bob,50,");
        (await program.RunAsync("verify", "--from", "2024-06-10", "--to", "2024-06-12")).ShouldSucceed();
    }

    [Fact]
    public async Task Decreased_rows_are_reported_and_posted_with_the_option()
    {
        using var program = new SettlementTool();
        await program.CloseTwoDaysAsync();
        await ExecuteAsync(program, "UPDATE usage_events SET quantity = 7 WHERE item_id = 'v2' AND meter = 'video.view'");

        var answer = await program.RunAsync(Reconcile);

        answer.ExitCode.Should().Be(1);
        answer.Output.Should().MatchRegex(@"2024-06-11 +video\.view +v2 +bob +decrease +10 +7 +-3 +reported");
        (await program.RunAsync([.. Reconcile, "--decreases", "post", "--dry-run"])).ExitCode.Should().Be(1);
        (await program.RunAsync([.. Reconcile, "--decreases", "post"])).ShouldSucceed().Output.Should().Contain("posted to 2024-06-12");
        (await program.RunAsync(Reconcile)).ShouldSucceed();
    }

    /// <summary>A replaced row fires no trigger of SQLite, and changes no count.</summary>
    [Fact]
    public async Task Only_full_reads_an_unchanged_day_again()
    {
        using var program = new SettlementTool();
        await program.CloseTwoDaysAsync();
        (await program.RunAsync(Reconcile)).ShouldSucceed();
        await ExecuteAsync(program, """
            INSERT OR REPLACE INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity)
            SELECT occurred_at, event_id, meter, item_id, 'eve', quantity FROM usage_events WHERE item_id = 'v2' AND meter = 'video.view'
            """);

        var unchanged = await program.RunAsync(Reconcile);
        var full = await program.RunAsync([.. Reconcile, "--full"]);

        unchanged.ShouldSucceed().Output.Should().Contain("2 closed days: 0 differences posted, 0 reported.");
        full.ExitCode.Should().Be(1);
        full.Output.Should().MatchRegex(@"2024-06-11 +video\.view +v2 +eve +payee change +0 +10 +10 +reported");
    }

    [Fact]
    public async Task An_unfinished_run_is_abandoned_and_a_completed_one_is_not()
    {
        using var program = new SettlementTool();
        await program.CloseTwoDaysAsync();
        (await program.RunAsync("runs", "--abandon", "1")).ShouldBeWrongUse("no unfinished run 1");
        (await program.RunAsync("runs", "--run", "999")).ShouldBeWrongUse("There is no run 999");
        (await program.RunAsync("runs", "--run", "1")).ShouldSucceed();

        await ExecuteAsync(program, "ALTER TABLE rankings RENAME TO moved");
        (await program.RunAsync("close", "--through", "2024-06-12")).ExitCode.Should().NotBe(0);
        await ExecuteAsync(program, "ALTER TABLE moved RENAME TO rankings");
        (await program.RunAsync("runs", "--abandon", "3")).ShouldSucceed().Output.Should().Contain("Run 3 is abandoned");
        (await program.RunAsync("close", "--through", "2024-06-12")).ShouldSucceed();
        (await program.RunAsync("verify", "--from", "2024-06-10", "--to", "2024-06-12")).ShouldSucceed();
    }

    [Theory]
    [InlineData("close --through 2024-06-10 --lease 0", "--lease '0'")]
    [InlineData("close --through 2024-06-10 --workers 65", "--workers '65'")]
    [InlineData("import x.csv --chunk-rows 0", "--chunk-rows '0'")]
    [InlineData("runs --run 0", "--run '0'")]
    public async Task The_error_for_a_value_out_of_range_names_the_range(string command, string words)
    {
        using var program = new SettlementTool();
        (await program.RunAsync(command.Split(' '))).ShouldBeWrongUse(words, "whole number from 1 to");
    }

    private static async Task ExecuteAsync(SettlementTool program, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={program.Database};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // all statements are constants of this class
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
