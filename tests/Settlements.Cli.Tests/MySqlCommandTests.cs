using System.Text.RegularExpressions;
using Settlements.TestServers;

namespace Settlements.Cli.Tests;

/// <summary>Every command on a real server has the same output as on SQLite.</summary>
[Collection(TwoStores.Tests)]
public sealed partial class MySqlCommandTests(TwoStores stores)
{
    [Fact]
    public void Writing_commands_have_the_same_output()
    {
        foreach (var (command, sqlite, mySql) in stores.Written)
            Timeless(mySql).Should().Be(Timeless(sqlite), command);
        stores.Written[0].MySql.ShouldSucceed().Output.Should().MatchRegex(@"stored +7\b");
        stores.Written[1].MySql.ShouldSucceed().Output.Should().Contain("Closed 2 days through 2024-06-11.");
        stores.Written[4].MySql.ShouldBeWrongUse("conflict.csv: Row 2", "different content");
    }

    [Theory]
    [InlineData("top --period week --date 2024-06-16 --by video.view")]
    [InlineData("top --period day --date 2024-06-11 --by video.view --count 2")]
    [InlineData("top --period month --date 2024-06-11 --by video.seconds")]
    [InlineData("top --period week --date 2024-06-11 --by video.view --payee bob")]
    [InlineData("top --period week --date 2024-06-11 --by Video.View")]
    [InlineData("statement --period month --date 2024-06-01")]
    [InlineData("statement --period week --date 2024-06-11 --payee ann")]
    [InlineData("statement --period week --date 2024-06-11 --payee Bob")]
    [InlineData("statement --period day --date 2024-06-20")]
    [InlineData("lines --from 2024-06-10 --to 2024-06-12 --output -")]
    [InlineData("lines --from 2024-06-10 --to 2024-06-13 --output lines.csv")]
    [InlineData("explain --date 2024-06-10 --meter video.view --item v1")]
    [InlineData("explain --date 2024-06-12 --meter video.view --item v1")]
    [InlineData("explain --date 2024-06-11 --meter video.view --item 조회\\수")]
    [InlineData("explain --date 2024-06-10 --meter video.view --item V1")]
    [InlineData("verify --from 2024-06-10 --to 2024-06-12")]
    [InlineData("reconcile --from 2024-06-10 --to 2024-06-12")]
    [InlineData("runs --run 1")]
    public async Task Reading_commands_have_identical_output(string command)
    {
        foreach (var args in (string[][])[command.Split(' '), [.. command.Split(' '), "--json"]])
        {
            var (sqlite, mySql) = (stores.Sqlite.RunAsync(args), stores.MySql.RunAsync(args));

            All(await mySql).Should().Be(All(await sqlite), string.Join(' ', args));
        }
    }

    [Fact]
    public async Task Exported_files_are_identical()
    {
        string[] args = ["lines", "--from", "2024-06-10", "--to", "2024-06-12", "--output", "all.csv"];
        (await stores.Sqlite.RunAsync(args)).ShouldSucceed();
        (await stores.MySql.RunAsync(args)).ShouldSucceed();

        var mySql = await File.ReadAllBytesAsync(stores.MySql.PathOf("all.csv"), TestContext.Current.CancellationToken);
        mySql.Should().Equal(await File.ReadAllBytesAsync(stores.Sqlite.PathOf("all.csv"), TestContext.Current.CancellationToken));
        mySql.Should().NotBeEmpty();
    }

    [Fact]
    public async Task Runs_are_the_same_except_for_times_and_chunks()
    {
        foreach (var args in (string[][])[["runs"], ["runs", "--json"], ["runs", "--count", "1"]])
        {
            var mySql = (await stores.MySql.RunAsync(args)).ShouldSucceed();

            Timeless(mySql).Should().Be(Timeless(await stores.Sqlite.RunAsync(args)), string.Join(' ', args));
            mySql.Output.Should().Contain("2024-06-12");
        }
    }

    /// <summary>
    /// Times, and the widths of their columns, differ between executions; run numbers and numbers of chunks between stores.
    /// </summary>
    [GeneratedRegex("^[A-Z][a-z]+[^\n]*: [^\n]*\\bs\n", RegexOptions.Multiline)]
    private static partial Regex ProgressLines();

    private static string Timeless(Answer answer) => Timeless(All(answer));

    /// <summary>Returns all output except progress, which is printed after two seconds and so depends on the machine.</summary>
    private static string All(Answer answer) => $"{answer.ExitCode}\n{answer.Output}\n{ProgressLines().Replace(answer.Error, "")}";

    private static string Timeless(string text)
    {
        text = JsonTimes().Replace(text, "\"$1\": 0");
        text = Instants().Replace(text, "TIME");
        text = Durations().Replace(text, "DURATION");
        text = Chunks().Replace(text, "CHUNKS");
        text = RunNumbers().Replace(text, "  1 close-day");
        return Widths().Replace(text, match => match.Value[..1]);
    }

    [GeneratedRegex("\"(duration_seconds|rows_per_second|started_at|ended_at|run_id|chunks_done|chunks_total)\": ?(\"[^\"]*\"|[0-9.]+)")]
    private static partial Regex JsonTimes();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")]
    private static partial Regex Instants();

    [GeneratedRegex(@"\b\d+\.\d{3}\b|\b\d+\.\d s\b|[\d,]+ rows/s")]
    private static partial Regex Durations();

    [GeneratedRegex(@"\b\d+/\d+\b")]
    private static partial Regex Chunks();

    [GeneratedRegex(@" +\d+ +close-day")]
    private static partial Regex RunNumbers();

    [GeneratedRegex(" {2,}|-{2,}|─{2,}")]
    private static partial Regex Widths();
}
