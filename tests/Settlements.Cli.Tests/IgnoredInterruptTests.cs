using System.Diagnostics;

namespace Settlements.Cli.Tests;

/// <summary>The tests under a parent that ignores SIGINT, as a shell does in what it starts in the background.</summary>
public sealed class IgnoredInterruptTests
{
    [Fact]
    public async Task A_test_that_sends_SIGINT_passes_where_the_parent_ignores_it()
    {
        string[] run =
        [
            "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "Settlements.Cli.Tests.dll"),
            "-method", $"*.{nameof(InterruptTests.Ctrl_C_in_the_work_says_that_it_is_kept)}",
        ];
        var start = new ProcessStartInfo("sh", ["-c", "trap '' INT QUIT; exec \"$@\"", "sh", .. run])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var process = Process.Start(start)!;
        var answer = await SettlementTool.EndAsync(process);

        answer.ShouldSucceed().Output.Should().Contain("Total: 1, Errors: 0, Failed: 0, Skipped: 0");
    }
}
