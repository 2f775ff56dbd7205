using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Documentation;

public sealed class QuickstartTests
{
    [Fact]
    public async Task The_quickstart_prints_the_output_in_its_readme()
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
