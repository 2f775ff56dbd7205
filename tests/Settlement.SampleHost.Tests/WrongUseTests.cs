namespace Settlement.SampleHost.Tests;

public sealed class WrongUseTests : IDisposable
{
    private readonly SampleProgram _program = new();

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
    [InlineData("runs --store mysql", "Server=127.0.0.1;User ID=settlement;Password=…;Database=settlement")]
    [InlineData("close --through 2024-06-10 --store mysql", "SETTLEMENT_CONNECTION")]
    [InlineData("runs", "There is no database")]
    [InlineData("runs --json", "There is no database")]
    [InlineData("verify --from 2024-06-11 --to 2024-06-11", "There is no database")]
    public async Task What_is_typed_wrong_is_said(string args, string word)
    {
        (await _program.RunAsync(args.Split(' '))).ShouldBeWrongUse(word);
        File.Exists(_program.Database).Should().BeFalse("a command that only reads makes no database");
    }

    [Theory]
    [InlineData("Data Source=missing/folder/x.db;Password=hush")]
    [InlineData("Data Source=notes.txt;Password=hush")]
    [InlineData("Data Sauce=hush")]
    [InlineData("hush")]
    [InlineData("Mode=Memory;Password=hush")]
    public async Task A_store_that_cannot_be_used_is_said_without_its_connection_string(string connection)
    {
        await File.WriteAllTextAsync(_program.PathOf("notes.txt"), new string('x', 5_000), TestContext.Current.CancellationToken);

        var writing = await _program.RunAsync("close", "--through", "2024-06-10", "--connection", connection);
        var reading = await _program.RunAsync("runs", "--connection", connection);

        writing.ShouldBeWrongUse();
        reading.ShouldBeWrongUse();
        (writing.Error + reading.Error).Should().NotContain("hush");
    }

    [Fact]
    public async Task An_item_without_a_line_is_said()
    {
        await _program.CloseTwoDaysAsync();

        (await _program.RunAsync("explain", "--date", "2024-06-10", "--meter", "video.view", "--item", "V1")).ShouldBeWrongUse("no line", "case");
        (await _program.RunAsync("explain", "--date", "2024-06-20", "--meter", "video.view", "--item", "v1")).ShouldBeWrongUse("not closed");
        (await _program.RunAsync("lines", "--from", "2024-06-10", "--to", "2024-06-10", "--output", "no/such/x.csv")).ShouldBeWrongUse("no folder");
    }

    [Theory]
    [InlineData("")]
    [InlineData("import")]
    [InlineData("close")]
    [InlineData("top")]
    [InlineData("settlement")]
    [InlineData("lines")]
    [InlineData("explain")]
    [InlineData("verify")]
    [InlineData("runs")]
    public async Task Every_command_has_help(string command)
    {
        var answer = await _program.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        answer.ShouldSucceed().Output.Should().Contain("--connection").And.Contain("--json").And.Contain("--store");
    }
}
