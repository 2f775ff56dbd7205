using System.CommandLine;

namespace Settlements.Cli.Tests;

public sealed class WrongUseTests : IDisposable
{
    private readonly SettlementTool _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("topp", "topp")]
    [InlineData("top --date 2024-06-10 --by video.view", "--period")]
    [InlineData("top --period year --date 2024-06-10 --by video.view", "day, week or month")]
    [InlineData("top --period day --date 10.06.2024 --by video.view", "yyyy-MM-dd")]
    [InlineData("top --period day --date 2024-02-30 --by video.view", "yyyy-MM-dd")]
    [InlineData("top --period day --date 2024-06-10 --by video.view --count 0", "--count")]
    [InlineData("top --period day --date 2024-06-10 --by video.view --colour", "--colour")]
    [InlineData("close --through", "--through")]
    [InlineData("close", "--through")]
    [InlineData("lines --from 2024-06-11 --to 2024-06-10 --output -", "swap")]
    [InlineData("lines --from 2024-06-10 --to 2024-06-11 --output - --json", "--output FILE")]
    [InlineData("runs --store oracle", "oracle")]
    [InlineData("exclude --from 2024-06-10 --to 2024-06-10 --by ann", "--reason")]
    [InlineData("exclude --from 2024-06-10 --to 2024-06-10 --by ann --reason bots --event 5", "--event")]
    [InlineData("approve --hash abc --by ann", "NUMBER")]
    [InlineData("approve one --hash abc --by ann", "one")]
    [InlineData("schema", "settlement schema --help")]
    [InlineData("runs --store mysql", "Server=127.0.0.1;User ID=settlement;Password=…;Database=settlement")]
    [InlineData("close --through 2024-06-10 --store mysql", "SETTLEMENT_CONNECTION")]
    [InlineData("runs", "There is no database")]
    [InlineData("runs --json", "There is no database")]
    [InlineData("verify --from 2024-06-11 --to 2024-06-11", "There is no database")]
    public async Task Invalid_arguments_are_reported(string args, string word)
    {
        (await _program.RunAsync(args.Split(' '))).ShouldBeWrongUse(word);
        File.Exists(_program.Database).Should().BeFalse("a command that only reads creates no database");
    }

    [Theory]
    [InlineData("Data Source=missing/folder/x.db;Password=hush")]
    [InlineData("Data Source=notes.txt;Password=hush")]
    [InlineData("Data Sauce=hush")]
    [InlineData("hush")]
    [InlineData("Mode=Memory;Password=hush")]
    public async Task The_error_for_an_unusable_store_does_not_contain_its_connection_string(string connection)
    {
        await File.WriteAllTextAsync(_program.PathOf("notes.txt"), new string('x', 5_000), TestContext.Current.CancellationToken);

        var writing = await _program.RunAsync("close", "--through", "2024-06-10", "--connection", connection);
        var reading = await _program.RunAsync("runs", "--connection", connection);

        writing.ShouldBeWrongUse();
        reading.ShouldBeWrongUse();
        (writing.Error + reading.Error).Should().NotContain("hush");
    }

    [Fact]
    public async Task Missing_lines_and_folders_are_reported()
    {
        await _program.CloseTwoDaysAsync();

        (await _program.RunAsync("explain", "--date", "2024-06-10", "--meter", "video.view", "--item", "V1")).ShouldBeWrongUse("no line",
            "case");
        (await _program.RunAsync("explain", "--date", "2024-06-20", "--meter", "video.view", "--item", "v1"))
            .ShouldBeWrongUse("not closed");
        (await _program.RunAsync("lines", "--from", "2024-06-10", "--to", "2024-06-10", "--output", "no/such/x.csv"))
            .ShouldBeWrongUse("no folder");
    }

    [Fact]
    public void Every_command_has_help_and_the_common_options()
    {
        foreach (var command in WithSubcommands(Cli.Program.Root()))
        {
            var names = command.Parents.OfType<Command>().Where(parent => parent is not RootCommand).Select(parent => parent.Name);
            var help = new StringWriter();
            string[] args = command is RootCommand ? ["--help"] : [.. names, command.Name, "--help"];

            Cli.Program.Root().Parse(args).Invoke(new InvocationConfiguration { Output = help }).Should().Be(0, command.Name);

            command.Description.Should().NotBeNullOrEmpty(command.Name);
            command.Options.Should().NotContain(option => string.IsNullOrEmpty(option.Description), command.Name);
            foreach (var option in (string[])["--config", "--connection", "--json", "--store"])
                help.ToString().Should().Contain($"  {option} ", command.Name);
        }
    }

    private static IEnumerable<Command> WithSubcommands(Command command) =>
        command.Subcommands.SelectMany(WithSubcommands).Prepend(command);
}
