using System.Text.RegularExpressions;

namespace Settlements.Architecture.Tests.Workflows;

/// <summary>
/// Tests that docs/never-run.md names each job of each workflow, and that other pages refer to it instead of claiming more.
/// </summary>
public sealed partial class NeverRunTests
{
    private const string Page = "docs/never-run.md";

    /// <summary>Pages that name a system without a claim about it.</summary>
    private static readonly string[] Others =
    [
        Page,
        "docs/dependencies.md", // the platforms of a package's native library
        "docs/quality.md", // names of time zones
        "docs/troubleshooting.md", // names of time zones
    ];

    [Fact]
    public void Each_job_is_in_the_table_and_each_job_of_the_table_exists()
    {
        var jobs = Workflow.All().SelectMany(workflow => workflow.Jobs, (workflow, job) => $"{workflow.FileName} {job.Name}");

        var named = Rows().SelectMany(row => row[2].Split(';')).Where(cell => cell.Trim() != "none").SelectMany(cell =>
        {
            var quoted = Quoted().Matches(cell).Select(match => match.Groups[1].Value).ToList();
            return quoted.Skip(1).Select(job => $"{quoted[0]} {job}");
        });

        named.Distinct().Should().BeEquivalentTo(jobs, "no job has run yet");
    }

    [Fact]
    public void Pages_that_name_a_system_which_was_never_run_refer_to_the_table()
    {
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs", "guides"), "*.md"))
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "src"), "README.md", SearchOption.AllDirectories))
            .Concat(new[] { "README.md", "README.ko.md", "CONTRIBUTING.md" }.Select(page => Path.Combine(Repository.Root, page)))
            .Where(page => !Others.Contains(Repository.RelativePath(page))).ToList();

        pages.Should().HaveCountGreaterThan(30);
        pages.Where(page => Systems().IsMatch(File.ReadAllText(page))
            && !File.ReadAllText(page).Contains("never-run.md", StringComparison.Ordinal))
            .Select(Repository.RelativePath).Should().BeEmpty("what was never run is only in {0}: link to it", Page);
    }

    private static IEnumerable<string[]> Rows() => File.ReadLines(Path.Combine(Repository.Root, Page))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => line.Trim('|', ' ').Split(" | "));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"MySQL (?:8\.4|9)\b|MariaDB 11|\bTiDB\b|\bAurora\b|\bVitess\b|\bWindows\b|\bmacOS\b|\bDocker\b|docker compose|\brclone\b|s3://|ClickHouse Cloud")]
    private static partial Regex Systems();
}
