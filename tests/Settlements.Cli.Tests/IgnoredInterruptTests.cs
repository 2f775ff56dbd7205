using System.Diagnostics;

namespace Settlements.Cli.Tests;

/// <summary>Tests with a parent process that ignores SIGINT, as shells do for background processes.</summary>
public sealed class IgnoredInterruptTests
{
    [Fact]
    public async Task A_test_that_sends_SIGINT_passes_when_its_parent_ignores_SIGINT()
    {
        string[] run =
        [
            "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "Settlements.Cli.Tests.dll"),
            "-method", $"*.{nameof(InterruptTests.Ctrl_C_stops_the_command_and_reports_that_completed_work_is_stored)}",
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
