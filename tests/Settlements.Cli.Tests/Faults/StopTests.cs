namespace Settlements.Cli.Tests.Faults;

/// <summary>Stopping with SIGTERM, as service managers do.</summary>
[Collection(Workload.Tests)]
public sealed class StopTests(Workload work)
{
    [Theory]
    [MemberData(nameof(Workload.Stores), MemberType = typeof(Workload))]
    public async Task A_stopped_command_stores_its_completed_work_and_is_resumed(bool mySql)
    {
        using var program = await work.NewAsync(mySql);
        await StopAsync(program, Workload.Import, work.ImportTakes);
        (await program.RunAsync(Workload.Import)).ShouldSucceed();
        var stopped = await StopAsync(program, Workload.Close, work.CloseTakes);
        if (stopped)
        {
            // There is no run when the process was stopped before it started one.
            var runs = (await program.RunAsync("runs", "--count", "1", "--json")).ShouldSucceed().Json.GetProperty("runs");
            runs.EnumerateArray().Select(run => run.GetProperty("state").GetString()).Should().BeSubsetOf(["stopped", "completed"]);
        }

        (await program.RunAsync(Workload.Close)).ShouldSucceed();
        (await Workload.AnswersAsync(program)).Should().Be(work.Expected);
    }

    /// <summary>Starts a command and stops it.</summary>
    /// <returns>Whether it was stopped; it may have completed before.</returns>
    private static async Task<bool> StopAsync(SettlementTool program, string[] command, TimeSpan takes)
    {
        // On a busy machine the signal may arrive before the program handles it, and end the runtime. Then it is tried again with a longer
        // wait.
        for (var wait = takes * 0.7; ; wait *= 1.5)
        {
            using var process = program.Start(command);
            await Task.Delay(wait);
            Workload.Signal(process, "TERM");
            var answer = await SettlementTool.EndAsync(process);
            answer.ExitCode.Should().BeOneOf([0, 143], answer.Error);
            if (answer.ExitCode == 143 && answer.Error.Length == 0 && wait < takes * 5)
                continue;
            if (answer.ExitCode == 143)
                answer.Error.Should().Contain("Completed work is stored");
            return answer.ExitCode == 143;
        }
    }
}
