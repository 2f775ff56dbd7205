using System.Diagnostics;

namespace Settlements.Cli.Tests;

public sealed class InterruptTests : IDisposable
{
    private readonly SettlementTool _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Ctrl_C_stops_the_command_and_reports_that_completed_work_is_stored()
    {
        using var process = _program.Start("import", "-");
        var progress = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        var answer = await SettlementTool.EndAsync(process);

        progress.Should().StartWith("Importing standard input");
        answer.ExitCode.Should().Be(130);
        answer.Error.Should().Contain("Stopped.").And.Contain("Completed work is stored");
    }
}
