namespace Settlements.Cli.Tests;

/// <summary>The tables of the store are created by <c>schema apply</c>, or by the first command that writes.</summary>
[Collection(TwoStores.Tests)]
public sealed class SchemaTests(TwoStores stores)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tables_are_missing_before_the_first_apply_and_current_after_it(bool isMySql)
    {
        using var program = new SettlementTool(isMySql ? await stores.Server.CreateDatabaseAsync($"schema_{Guid.NewGuid():N}") : null);
        if (!isMySql)
            await File.WriteAllTextAsync(program.Database, "", TestContext.Current.CancellationToken); // an empty SQLite database

        var before = await program.RunAsync("schema", "check");
        var beforeJson = await program.RunAsync("schema", "check", "--json");
        var applied = await program.RunAsync("schema", "apply", "--json");
        var again = await program.RunAsync("schema", "apply");
        var after = await program.RunAsync("schema", "check", "--json");

        before.ExitCode.Should().Be(1);
        before.Output.Should().Contain("no tables of Settlement").And.Contain("settlement schema apply");
        beforeJson.Json.GetProperty("is_current").GetBoolean().Should().BeFalse();
        beforeJson.Json.GetProperty("found").GetInt32().Should().Be(0);
        applied.ShouldSucceed().Json.GetProperty("applied").GetArrayLength().Should().BePositive();
        again.ShouldSucceed().Output.Should().Be("The schema is up to date.\n");
        after.ShouldSucceed().Json.GetProperty("is_current").GetBoolean().Should().BeTrue();
    }
}
