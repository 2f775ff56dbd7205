using Microsoft.Extensions.Configuration;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Tests;

/// <summary>Parsing and validation of the command line and settings.</summary>
public sealed class HostArgumentTests
{
    [Theory]
    [InlineData("import events.csv", "'import'", "src/Settlements.Cli")]
    [InlineData("--colour red", "'--colour'", "--help")]
    [InlineData("--urls", "--urls needs a value", "--help")]
    [InlineData("--store --json", "--store needs a value", "--help")]
    public void An_invalid_argument_is_reported_with_the_remedy(string args, string what, string remedy)
    {
        var read = () => HostArguments.Read(args.Split(' '));

        read.Should().Throw<StartException>().Which.Message.Should().Contain(what).And.Contain(remedy);
    }

    [Fact]
    public void Arguments_are_accepted_with_a_space_or_an_equals_sign()
    {
        var settings = HostArguments
            .Read(["--json", "--urls", "http://127.0.0.1:1", "--connection=Data Source=x.db", "--Schedule:Enabled=false"]);

        settings.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            [HostArguments.Json] = "true",
            ["urls"] = "http://127.0.0.1:1",
            [HostArguments.Connection] = "Data Source=x.db",
            ["Schedule:Enabled"] = "false",
        });
    }

    [Theory]
    [InlineData("Database:Store", "oracle", "'oracle' is unknown")]
    [InlineData("Database:Store", "mysql", "SETTLEMENT_CONNECTION")]
    [InlineData("CommandLine:Store", "mysql", "Server=127.0.0.1")]
    public void An_invalid_store_is_reported_with_the_remedy(string key, string value, string words)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build();
        var file = SettlementFile.Parse("""{ "store": "sqlite", "calendar": { "timeZone": "Asia/Seoul" } }""", "settlement.json");

        var choose = () => PlatformStore.From(configuration, file);

        choose.Should().Throw<StartException>().Which.Message.Should().Contain(words);
    }

    [Fact]
    public async Task Invalid_arguments_end_the_program()
    {
        using var program = new SampleProgram();

        (await program.RunAsync("verify")).ShouldBeWrongUse("'verify'", "src/Settlements.Cli");
        (await program.RunAsync("--urls", "nowhere")).Error.Should().NotContain("   at ").And.Contain("--urls http://localhost:5080");
    }
}
