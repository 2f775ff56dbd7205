using System.Text.RegularExpressions;

namespace Settlements.Architecture.Tests;

/// <summary>Tests that the tests which docs/guides/rehearsal.md names exist.</summary>
public sealed partial class RehearsalPageTests
{
    [Fact]
    public void Tests_that_the_page_names_exist()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", "rehearsal.md"));
        var code = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Concat(Repository.SourceFiles()).Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Select(File.ReadAllText).ToList();
        var named = Test().Matches(page).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct().ToList();

        named.Should().HaveCountGreaterThan(15);
        foreach (var (type, method) in named)
        {
            var files = code.Where(text => Regex.IsMatch(text, $@"\bclass {type}\b")).ToList();
            files.Should().NotBeEmpty("the page names {0}", type);
            files.Exists(text => method.Length == 0 || text.Contains($" {method}(", StringComparison.Ordinal))
                .Should().BeTrue("the page names {0}.{1}", type, method);
        }
    }

    [GeneratedRegex(@"`(\w+(?:Tests|Contract|Rehearsal))(?:\.([A-Z]\w+))?`")]
    private static partial Regex Test();
}
