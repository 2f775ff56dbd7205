using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Documentation;

public sealed class QuickstartTests
{
    [Fact]
    public async Task It_prints_what_its_readme_shows_each_time()
    {
        using var program = new ProgramFolder(Path.Combine(AppContext.BaseDirectory, "Quickstart.dll"));
        var shown = DocsPage.Read("samples/Quickstart/README.md").Blocks.Single(block => block.Language == "output").Text;

        for (var run = 0; run < 2; run++)
        {
            var answer = await program.RunAsync(input: null, []);

            answer.ShouldSucceed().Output.TrimEnd().Should().Be(shown.TrimEnd());
        }
    }
}
