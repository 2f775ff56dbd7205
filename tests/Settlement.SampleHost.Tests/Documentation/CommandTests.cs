using System.Text.RegularExpressions;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>What the pages tell one to type names projects, files, packages, commands and options that are there.</summary>
public sealed partial class CommandTests
{
    private static readonly string[] Pages = ["README.md", "README.ko.md", "CONTRIBUTING.md"];

    [Fact]
    public void Every_path_that_a_command_names_is_there()
    {
        foreach (var (page, line) in Commands())
        {
            foreach (Match path in RepositoryPath().Matches(line))
                Path.Exists(Repository.PathOf(path.Value)).Should().BeTrue($"{page} says `{line}`");
        }
    }

    [Fact]
    public void Every_package_that_a_command_adds_is_ours_or_one_that_we_use()
    {
        var known = Directory.EnumerateDirectories(Repository.PathOf("src")).Select(folder => Path.GetFileName(folder))
            .Concat(PackageVersion().Matches(Repository.Read("Directory.Packages.props")).Select(match => match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);
        foreach (var (page, line) in Commands())
        {
            if (AddedPackage().Match(line) is { Success: true } added)
                known.Should().Contain(added.Groups[1].Value, $"{page} says `{line}`");
        }
    }

    [Fact]
    public void Every_option_of_the_build_that_a_page_names_is_one()
    {
        var usage = Repository.Read("build.sh");
        foreach (var (page, line) in Commands())
        {
            if (BuildOption().Match(line) is { Success: true } option)
                usage.Should().Contain($"\n  {option.Groups[1].Value} ", $"{page} says `{line}`");
        }
    }

    [Fact]
    public async Task Every_command_of_the_sample_and_the_tool_that_a_page_names_has_the_options_named()
    {
        using var sample = new SampleProgram();
        var helps = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (page, line) in Commands())
        {
            var isTool = ToolCommand().Match(line) is { Success: true };
            if ((isTool ? ToolCommand() : SampleCommand()).Match(line) is not { Success: true } match)
                continue;
            var words = match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] command = isTool ? [.. words.TakeWhile(word => word.All(char.IsAsciiLetterLower))] : [];
            var name = $"{(isTool ? "tool" : "sample")} {string.Join(' ', command)}";
            if (!helps.TryGetValue(name, out var help))
            {
                string[] args = [.. command, "--help"];
                helps[name] = help = (isTool ? await sample.RunToolAsync(args) : await sample.RunAsync(args)).ShouldSucceed().Output;
            }

            foreach (var option in words.Where(word => word.StartsWith("--", StringComparison.Ordinal)))
                help.Should().Contain($"  {option} ", $"{page} says `{line}`");
        }

        helps.Keys.Should().Contain(name => name.StartsWith("tool ", StringComparison.Ordinal)).And.Contain("sample ");
    }

    private static IEnumerable<(string Page, string Line)> Commands() =>
        from page in DocsPage.All().Concat(Pages.Select(DocsPage.Read))
        from block in page.Blocks
        where block.Language == "sh"
        from line in block.Text.Split('\n')
        let command = Comment().Replace(line, "").Trim()
        where command.Length > 0
        select (page.Path, command);

    [GeneratedRegex(@"(?<![\w./-])(?:(?:samples|src|tests|benchmarks|eng|docs)/[\w./-]+|\./[\w./-]+)")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex("PackageVersion Include=\"([^\"]+)\"")]
    private static partial Regex PackageVersion();

    [GeneratedRegex(@"^dotnet add package (\S+)")]
    private static partial Regex AddedPackage();

    [GeneratedRegex(@"^\./build\.sh (--\S+)")]
    private static partial Regex BuildOption();

    [GeneratedRegex(@"^(?:settlement|dotnet run --project src/Settlements\.Cli(?: .*?)? --) (.*)$")]
    private static partial Regex ToolCommand();

    [GeneratedRegex(@"--project samples/Settlement\.SampleHost(?: .*?)? -- (.*)$")]
    private static partial Regex SampleCommand();

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Comment();
}
