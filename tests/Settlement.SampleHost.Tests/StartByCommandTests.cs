using System.Diagnostics;
using System.Globalization;
using Settlement.SampleHost.Tests.Documentation;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests;

/// <summary>The start with <c>dotnet run</c>, as from a clone; other tests start the assembly.</summary>
public sealed class StartByCommandTests
{
    [Fact]
    public async Task Dotnet_run_serves_the_page_until_Ctrl_C()
    {
        using var program = new SampleProgram();
        var url = ServedProgram.FreeUrl();
        var start = new ProcessStartInfo("dotnet", [
            "run", "--project", "samples/Settlement.SampleHost", "--configuration",
            new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "--no-build", "--",
            "--urls", url, "--connection", $"Data Source={program.Database}"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        IgnoredSignals.Reset();
        var process = Process.Start(start)!;
        await using var served = await ServedProgram.WhenServedAsync(process, url);

        (await served.GetAsync("/")).Should().Contain("Top 5");

        // Ctrl+C is sent to the process group; dotnet run leaves it to its child process.
        foreach (var child in await ChildrenAsync(process.Id))
            await ServedProgram.SignalAsync(child, "-INT");
        (await served.StopAsync()).ShouldSucceed();
    }

    /// <summary>Returns the child processes of a process, from ps.</summary>
    private static async Task<List<int>> ChildrenAsync(int parent)
    {
        using var list = Process.Start(new ProcessStartInfo("ps", ["-A", "-o", "ppid=,pid="]) { RedirectStandardOutput = true })!;
        var rows = await list.StandardOutput.ReadToEndAsync();
        var ids = rows.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture))
                .ToArray());
        return [.. ids.Where(id => id[0] == parent).Select(id => id[1])];
    }
}
