using System.Text.RegularExpressions;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>Commands in the documentation refer to existing projects, files, packages, commands and options.</summary>
public sealed partial class CommandTests
{
    private static readonly string[] Pages = ["README.md", "README.ko.md", "CONTRIBUTING.md"];

    [Fact]
    public void Paths_in_commands_exist()
    {
        foreach (var (page, line) in Commands())
        {
            foreach (Match path in RepositoryPath().Matches(line))
                Path.Exists(Repository.PathOf(path.Value)).Should().BeTrue($"{page} contains `{line}`");
        }
    }

    [Fact]
    public void Packages_in_commands_are_known()
    {
        var known = Directory.EnumerateDirectories(Repository.PathOf("src")).Select(folder => Path.GetFileName(folder))
            .Concat(PackageVersion().Matches(Repository.Read("Directory.Packages.props")).Select(match => match.Groups[1].Value))
                .ToHashSet(StringComparer.Ordinal);
        foreach (var (page, line) in Commands())
        {
            if (AddedPackage().Match(line) is { Success: true } added)
                known.Should().Contain(added.Groups[1].Value, $"{page} contains `{line}`");
        }
    }

    [Fact]
    public void Build_options_in_commands_exist()
    {
        var usage = Repository.Read("build.sh");
        foreach (var (page, line) in Commands())
        {
            if (BuildOption().Match(line) is { Success: true } option)
                usage.Should().Contain($"\n  {option.Groups[1].Value} ", $"{page} contains `{line}`");
        }
    }

    [Fact]
    public async Task Options_of_the_sample_and_the_tool_in_commands_exist()
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
                help.Should().Contain($"  {option} ", $"{page} contains `{line}`");
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
