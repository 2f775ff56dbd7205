using System.Text.RegularExpressions;

namespace Settlement.Architecture.Tests;

public sealed partial class SourceTests
{
    private const int LinesMax = 300;

    [Fact]
    public void The_folder_is_the_namespace()
    {
        var files = Repository.SourceFiles().ToList();

        files.Should().HaveCountGreaterThan(50);
        string.Join('\n', files.Select(NamespaceFault).OfType<string>()).Should().BeEmpty();
    }

    [Fact]
    public void No_file_is_longer_than_300_lines()
    {
        var long_ = Repository.SourceFiles()
            .Select(file => (File: Repository.Shown(file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > LinesMax)
            .Select(file => $"{file.File} has {file.Lines} lines, more than {LinesMax}");

        string.Join('\n', long_).Should().BeEmpty();
    }

    [Theory]
    [InlineData("src/Settlement/Rates/Money.cs", "namespace Settlement.Rates;", null)]
    [InlineData("src/Settlement.Sqlite/SqliteStoreOptions.cs", "namespace Settlement.Sqlite;", null)]
    [InlineData("src/Settlement/Rates/Money.cs", "namespace Settlement;", "src/Settlement/Rates/Money.cs is not in namespace Settlement.Rates")]
    [InlineData("src/Settlement/Rates/Money.cs", "class Money;", "src/Settlement/Rates/Money.cs is not in namespace Settlement.Rates")]
    public void The_folder_test_can_fail(string file, string text, string? fault) => NamespaceFault(file, text).Should().Be(fault);

    private static string? NamespaceFault(string file) => NamespaceFault(Repository.Shown(file), File.ReadAllText(file));

    private static string? NamespaceFault(string file, string text)
    {
        var expected = Path.GetDirectoryName(file)!.Replace('\\', '/')["src/".Length..].Replace('/', '.');
        var actual = Namespaces().Matches(text).Select(match => match.Groups[1].Value).ToList();
        return actual is [var only] && only == expected ? null : $"{file} is not in namespace {expected}";
    }

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespaces();
}
