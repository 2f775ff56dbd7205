namespace Settlements.Cli.Tests;

/// <summary>Errors of an unusable server have a remedy, and don't contain the password.</summary>
[Collection(TwoStores.Tests)]
public sealed class MySqlWrongUseTests(TwoStores stores)
{
    [Theory]
    [InlineData("Password=hush", "Access denied", "Check the user's name and password")]
    [InlineData("Server=nowhere.invalid;Password=hush", "nowhere.invalid", "Check the server's name and port")]
    [InlineData("Port=1;Password=hush", "127.0.0.1:1", "Check the server's name and port")]
    [InlineData("Database=nothing", "nothing", "CREATE DATABASE")]
    [InlineData("Database=", "names no database", "Server=")]
    [InlineData("Server=;Password=hush", "names no server", "Server=")]
    [InlineData("Colour=red;Password=hush", "can't be parsed", "Server=")]
    public async Task The_error_for_an_unusable_server_has_a_remedy(string change, string what, string remedy)
    {
        using var program = new SettlementTool($"{stores.MySql.MySql};{change}");

        var reading = await program.RunAsync("runs");
        var writing = await program.RunAsync("close", "--through", "2024-06-10");

        reading.ShouldBeWrongUse(what, remedy);
        writing.ShouldBeWrongUse(what, remedy);
        (reading.Error + writing.Error).Should().NotContain("hush");
    }

    [Fact]
    public async Task A_database_without_tables_is_an_error_as_on_SQLite_and_is_not_changed()
    {
        using var program = new SettlementTool(await stores.Server.CreateDatabaseAsync("empty"));

        var first = await program.RunAsync("runs");
        var again = await program.RunAsync("top", "--period", "day", "--date", "2024-06-10", "--by", "video.view");

        first.ShouldBeWrongUse("The database has no tables of Settlement. Create them: settlement schema apply", "settlement import FILE");
        again.ShouldBeWrongUse("The database has no tables of Settlement.");
    }

    [Fact]
    public async Task The_connection_option_takes_precedence_over_the_environment()
    {
        using var program = new SettlementTool($"{stores.Server.ConnectionString};Database=nothing");

        var answer = await program.RunAsync("runs", "--connection", stores.MySql.MySql!);

        answer.ShouldSucceed().Output.Should().Contain("close-day");
    }
}
