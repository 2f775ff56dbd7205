using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Settlements.Architecture.Tests;

/// <summary>Tests of the metadata that src/Directory.Build.targets writes; eng/inspect-packages.cs inspects the packages.</summary>
public sealed class PackageTests
{
    private const string Page = "https://example.org/settlement";

    public static TheoryData<string> Packages() => [.. Shipped.Siblings, Shipped.Core, "Settlements.Cli"];

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task With_a_repository_URL_a_package_has_a_project_URL_and_absolute_readme_links(string package)
    {
        var (properties, readme) = await PackAsync(package, $"{Page}.git");

        properties.GetProperty("PackageProjectUrl").GetString().Should().Be(Page);
        readme.Should().Contain($"]({Page}/blob/").And.NotContain("](..");
        Regex.Replace(readme, @"\(https://example\.org/settlement/blob/[0-9a-zA-Z]+/", "(../../")
            .Should().Be(Source(package), "only links are changed");
    }

    [Theory]
    [InlineData("ssh://git@example.org/acme/settle.git")]
    [InlineData("ssh://git@example.org:2222/acme/settle.git/")]
    [InlineData("ssh://example.org/acme/settle")]
    [InlineData("git@example.org:acme/settle.git")]
    [InlineData("git@example.org:/acme/settle")]
    [InlineData("https://user:secret@example.org/acme/settle.git")]
    public async Task An_SSH_remote_is_converted_to_its_web_page(string remote)
    {
        var (properties, readme) = await PackAsync("Settlements.Testing", remote);

        properties.GetProperty("PackageProjectUrl").GetString().Should().Be("https://example.org/acme/settle");
        properties.GetProperty("RepositoryUrl").GetString().Should().StartWith("https://example.org/acme/settle");
        readme.Should().Contain("](https://example.org/acme/settle/blob/").And.NotContain("git@").And.NotContain("](..");
    }

    [Theory]
    [InlineData("")]
    [InlineData("file:///srv/settle.git")]
    [InlineData("/srv/settle.git")]
    [InlineData("../settle")]
    [InlineData("git://example.org/acme/settle.git")]
    public async Task Without_a_repository_URL_a_package_has_no_project_URL_and_no_broken_links(string remote)
    {
        var (properties, readme) = await PackAsync("Settlements.Testing", remote);

        properties.GetProperty("PackageProjectUrl").GetString().Should().BeEmpty();
        properties.GetProperty("RepositoryUrl").GetString().Should().BeEmpty();
        readme.Should().Be(Regex.Replace(Source("Settlements.Testing"), @"\[([^\]]+)\]\(\.\./[^)]+\)", "$1"));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Release_notes_contain_only_one_version_and_entries_of_the_package(string package)
    {
        var notes = (await PackAsync(package, "")).Properties.GetProperty("PackageReleaseNotes").GetString()!;

        Regex.Count(notes, "^## ", RegexOptions.Multiline).Should().Be(1);
        notes.Should().MatchRegex(@"\A## \[.+\]\s+### ").And.NotMatchRegex(@"(?m)^- (The sample|The platform|`samples/)").And.NotMatchRegex(
            @"(?m)^### .*\s+(### |\z)");
        foreach (var other in Shipped.Siblings.Where(s => s != package))
            notes.Should().NotContain($"- `{other}`:");
    }

    /// <summary>Returns the packed metadata of a package, with or without a repository URL.</summary>
    private static async Task<(JsonElement Properties, string Readme)> PackAsync(string package, string repositoryUrl)
    {
        var readme = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = Root() };
            foreach (var argument in (string[])[
                "msbuild", $"src/{package}/{package}.csproj", "-t:LeadToTheRepository", $"-p:RepositoryUrl={repositoryUrl}",
                "-p:PublishRepositoryUrl=false",
                "-p:Configuration=Release", $"-p:PackedReadme={readme}",
                "-getProperty:PackageProjectUrl,RepositoryUrl,PackageReleaseNotes"])
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            process.ExitCode.Should().Be(0, output);
            using var answer = JsonDocument.Parse(output);
            return (answer.RootElement.GetProperty("Properties")
                .Clone(), (await File.ReadAllTextAsync(readme, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"));
        }
        finally
        {
            File.Delete(readme);
        }
    }

    private static string Source(string package) =>
        File.ReadAllText(Path.Combine(Root(), "src", package, "README.md")).ReplaceLineEndings("\n");

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../.."));
}
