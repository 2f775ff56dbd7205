using System.Text.RegularExpressions;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>
/// README.ko.md corresponds to README.md: the same headings and blocks in the same order, and identical code.
/// </summary>
public sealed partial class TranslationTests
{
    private static readonly string English = Repository.Read("README.md");

    private static readonly string Korean = Repository.Read("README.ko.md");

    [Fact]
    public void Both_have_the_same_headings_and_blocks_in_the_same_order() => Outline(Korean).Should().Equal(Outline(English));

    [Fact]
    public void Code_and_commands_are_identical()
    {
        var english = Blocks(English).ToList();
        var korean = Blocks(Korean).ToList();
        korean.Should().HaveSameCount(english);
        foreach (var (first, second) in english.Zip(korean))
            Code(second).Should().Be(Code(first));
    }

    [Fact]
    public void Inline_code_and_links_are_identical()
    {
        Words(Korean, InlineCode()).Should().Equal(Words(English, InlineCode()));
        Words(Korean, LinkTarget()).Where(link => link != "README.md").Should().Equal(
            Words(English, LinkTarget()).Where(link => link != "README.ko.md"));
    }

    [Fact]
    public void The_readmes_link_to_each_other()
    {
        English.Split('\n').Take(5).Should().Contain(line => line.Contains("(README.ko.md)", StringComparison.Ordinal));
        Korean.Split('\n').Take(5).Should().Contain(line => line.Contains("(README.md)", StringComparison.Ordinal));
    }

    private static List<string> Outline(string text) =>
        [.. OutlineMark().Matches(WithoutCode(text)).Select(match => match.Groups[1].Value)];

    private static IEnumerable<string> Blocks(string text) => Block().Matches(text).Select(match => match.Value);

    /// <summary>Removes translated text: shell comments and the second column of the folder map. C# code is not translated.</summary>
    private static string Code(string block) => block.StartsWith("```csharp", StringComparison.Ordinal)
        ? block
        : string.Join('\n', block.Split('\n').Select(line => Remark().Replace(line, "").TrimEnd()));

    private static List<string> Words(string text, Regex regex) =>
        [.. regex.Matches(WithoutCode(text)).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

    // Keeps the fences for the outline.
    private static string WithoutCode(string text) => Block().Replace(text, match => match.Value.Split('\n')[0]);

    [GeneratedRegex(@"^(#{1,6}|```\w*|!\[|- )", RegexOptions.Multiline)]
    private static partial Regex OutlineMark();

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?:\s#\s.*|(?<=\S)\s{2,}\S.*)$")]
    private static partial Regex Remark();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex LinkTarget();
}
