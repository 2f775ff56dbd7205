using System.Text.RegularExpressions;

namespace Settlements.Architecture.Tests;

public sealed partial class SourceTests
{
    private const int LinesMax = 300;
    private const int ColumnsMax = 140;

    /// <summary>Namespaces are audiences: applications, store authors, pipelines, routing, and one per further package.</summary>
    [Fact]
    public void Every_namespace_is_one_of_its_projects_audiences()
    {
        var files = Repository.SourceFiles().ToList();

        files.Should().HaveCountGreaterThan(50);
        string.Join('\n', files.Select(FindWrongNamespace).OfType<string>()).Should().BeEmpty();
    }

    [Fact]
    public void No_file_is_longer_than_300_lines()
    {
        var long_ = Repository.SourceFiles()
            .Select(file => (File: Repository.RelativePath(file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > LinesMax)
            .Select(file => $"{file.File} has {file.Lines} lines, more than {LinesMax}");

        string.Join('\n', long_).Should().BeEmpty();
    }

    [Fact]
    public void No_line_is_longer_than_140_characters()
    {
        var long_ =
            from file in Repository.SourceFiles()
            from line in File.ReadLines(file).Index()
            where line.Item.Length > ColumnsMax
            select $"{Repository.RelativePath(file)}, line {line.Index + 1} has {line.Item.Length} characters, more than {ColumnsMax}";

        string.Join('\n', long_).Should().BeEmpty();
    }

    [Theory]
    [InlineData("src/Settlements/Rates/Money.cs", "namespace Settlements;", true)]
    [InlineData("src/Settlements/Lines/ILineStore.cs", "namespace Settlements.Stores;", true)]
    [InlineData("src/Settlements/Pipelines/PipelineRun.cs", "namespace Settlements.Pipelines;", true)]
    [InlineData("src/Settlements/Pipelines/PipelineRun.cs", "namespace Settlements;", false)]
    [InlineData("src/Settlements.Sqlite/SqliteStoreOptions.cs", "namespace Settlements.Sqlite;", true)]
    [InlineData("src/Settlements.Sqlite/SqliteSettlementExtensions.cs", "namespace Settlements;", true)]
    [InlineData("src/Settlements/Rates/Money.cs", "namespace Settlements.Rates;", false)]
    [InlineData("src/Settlements/Rates/Money.cs", "namespace Settlement;", false)]
    [InlineData("src/Settlements/Rates/Money.cs", "class Money;", false)]
    public void Wrong_namespaces_are_found(string file, string text, bool isRight) =>
        (FindWrongNamespace(file, text) is null).Should().Be(isRight);

    private static string? FindWrongNamespace(string file) => FindWrongNamespace(Repository.RelativePath(file), File.ReadAllText(file));

    private static string? FindWrongNamespace(string file, string text)
    {
        var parts = file.Split('/');
        var folder = parts.Length > 3 ? parts[2] : "";
        string[] expected = parts[1] != Shipped.Core ? [parts[1], Shipped.Core]
            : folder is "Pipelines" or "Routing" or "Stores" ? [$"{Shipped.Core}.{folder}", "Settlements.Stores"]
            : [Shipped.Core, "Settlements.Stores"];
        var actual = Namespaces().Matches(text).Select(match => match.Groups[1].Value).ToList();
        return actual is [var only] && expected.Contains(only) ? null
            : $"{file} is in none of the namespaces {string.Join(", ", expected)}";
    }

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespaces();
}
