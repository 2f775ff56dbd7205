using System.Text.RegularExpressions;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>Compiles and runs the code in the README.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task The_program_in_the_readme_prints_the_documented_output_on_each_run()
    {
        var readme = Repository.Read("README.md");
        var program = CSharpBlock().Match(readme).Groups[1].Value;
        var promised = PromisedOutput().Match(readme).Groups[1].Value;
        promised.Should().Be("ann is owed 605000 KRW");
        using var compiled = CompiledProgram.Compile(program);
        var folder = Directory.CreateTempSubdirectory("settlement-readme-");
        try
        {
            (await compiled.RunAsync(folder.FullName)).Should().Be(promised);
            (await compiled.RunAsync(folder.FullName)).Should().Be(promised, "the second run prints the same");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>More belongs to the pages that it links to.</summary>
    [Fact]
    public void The_readme_is_short() => Repository.Read("README.md").Split('\n').Should().HaveCountLessThan(120);

    [Fact]
    public void Further_code_in_the_readme_compiles()
    {
        var readme = Repository.Read("README.md");
        var further = CSharpBlock().Matches(readme).Skip(1).Select(m => m.Groups[1].Value).ToList();
        further.Should().NotBeEmpty();
        foreach (var code in further)
        {
            CompiledProgram.Compile($$"""
                using Settlements;
                using Settlements.MySql;
                using Settlements.Routing;
                var connectionString = args[0];
                SettlementEngine engine = null!;
                UsageEvent view = default, seconds = default;
                var cancellationToken = CancellationToken.None;
                System.Data.Common.DbTransaction transaction = null!;
                _ = (engine, view, seconds, transaction, cancellationToken, connectionString);
                var rows = new[] { new Play(1, DateTimeOffset.UnixEpoch, "") }.ToAsyncEnumerable();
                {{code}}
                internal sealed record Play(long Id, DateTimeOffset PlayedAt, string Title);
                """).Dispose();
        }
    }

    [Fact]
    public void Files_and_folders_in_the_readme_exist()
    {
        var readme = Repository.Read("README.md");
        foreach (Match link in Link().Matches(readme))
            Path.Exists(Repository.PathOf(link.Groups[1].Value)).Should().BeTrue($"{link.Groups[1].Value} is linked");
        foreach (Match line in MapLine().Matches(readme))
            Directory.Exists(Repository.PathOf(line.Groups[1].Value)).Should().BeTrue($"{line.Groups[1].Value} is on the map");
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("It prints `(.*?)`")]
    private static partial Regex PromisedOutput();

    [GeneratedRegex(@"\]\((?!http)([^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^((?:src|samples|tests|benchmarks|docs)/\S*)", RegexOptions.Multiline)]
    private static partial Regex MapLine();
}
