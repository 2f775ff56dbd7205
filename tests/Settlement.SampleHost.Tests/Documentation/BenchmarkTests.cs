using System.Diagnostics;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>The benchmark program starts child processes in the same way as it was started.</summary>
public sealed class BenchmarkTests
{
    [Theory]
    [InlineData("dotnet", "Settlements.Benchmarks.dll")]
    [InlineData("Settlements.Benchmarks")]
    public async Task Child_processes_start_with_the_same_host(string host, params string[] entry)
    {
        // Built with these tests, in the same configuration.
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var folder = Path.Combine(Repository.Root, "benchmarks", "Settlements.Benchmarks", "bin", output.Parent!.Name, output.Name);
        string[] work = ["sqlite", "--events", "1000", "--items", "10", "--rounds", "1", "--only", "import"];
        var start = new ProcessStartInfo(
            entry is [] ? Path.Combine(folder, host) : host, [.. entry.Select(e => Path.Combine(folder, e)), .. work])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var process = Process.Start(start)!;
        var answer = await SampleProgram.EndAsync(process);

        answer.ShouldSucceed().Output.Should().Contain("import-command").And.Contain("import-statement");
    }
}
