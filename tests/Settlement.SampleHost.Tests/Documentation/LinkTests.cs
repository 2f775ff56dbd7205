using System.Text;
using System.Text.RegularExpressions;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>Links between pages refer to existing files and headings; the site build does not check headings.</summary>
public sealed partial class LinkTests
{
    private static readonly string[] Others = ["README.md", "README.ko.md", "CONTRIBUTING.md", "CHANGELOG.md"];

    [Fact]
    public void Links_refer_to_existing_files_and_headings()
    {
        var pages = DocsPage.All().Select(page => page.Path).Concat(Others).ToList();
        var links = pages.SelectMany(page => Link().Matches(WithoutCode(Repository.Read(page))), (page, link) =>
            (page, link.Groups[1].Value)).ToList();
        links.Should().HaveCountGreaterThan(50);
        foreach (var (page, link) in links)
        {
            var parts = link.Split('#');
            var target = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
            Path.Exists(Repository.PathOf(target)).Should().BeTrue($"{page} links to {link}");
            if (parts.Length > 1)
                Headings(target).Should().Contain(parts[1], $"{page} links to {link}");
        }
    }

    private static IEnumerable<string> Headings(string page) =>
        Heading().Matches(Block().Replace(Repository.Read(page), "")).Select(heading => Slug(heading.Groups[1].Value));

    private static string Slug(string heading)
    {
        var slug = new StringBuilder();
        foreach (var letter in heading)
        {
            if (char.IsLetterOrDigit(letter))
                slug.Append(char.ToLowerInvariant(letter));
            else if (letter is ' ' or '-')
                slug.Append('-');
        }

        return slug.ToString();
    }

    private static string WithoutCode(string text) => InlineCode().Replace(Block().Replace(text, ""), "");

    [GeneratedRegex(@"\]\((?!https?:)([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#{1,6} (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("`[^`\n]+`(?!\\])")]
    private static partial Regex InlineCode();
}
