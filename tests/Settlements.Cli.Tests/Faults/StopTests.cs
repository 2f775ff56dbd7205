namespace Settlements.Cli.Tests.Faults;

/// <summary>SIGTERM, as a service manager sends it.</summary>
[Collection(Workload.Tests)]
public sealed class StopTests(Workload work)
{
    [Theory]
    [MemberData(nameof(Workload.Stores), MemberType = typeof(Workload))]
    public async Task It_ends_and_keeps_what_it_did(bool mySql)
    {
        using var program = await work.NewAsync(mySql);
        await StopAsync(program, Workload.Import, work.ImportTakes);
        (await program.RunAsync(Workload.Import)).ShouldSucceed();
        var stopped = await StopAsync(program, Workload.Close, work.CloseTakes);
        if (stopped)
        {
            // None where it was stopped before its run began.
            var runs = (await program.RunAsync("runs", "--count", "1", "--json")).ShouldSucceed().Json.GetProperty("runs");
            runs.EnumerateArray().Select(run => run.GetProperty("state").GetString()).Should().BeSubsetOf(["stopped", "completed"]);
        }

        (await program.RunAsync(Workload.Close)).ShouldSucceed();
        (await Workload.AnswersAsync(program)).Should().Be(work.Expected);
    }

    /// <returns>Whether it was stopped; it may have been done before.</returns>
    private static async Task<bool> StopAsync(SettlementTool program, string[] command, TimeSpan takes)
    {
        // Where the machine is busy, the signal may come before the program has begun, and end the runtime: then once more, and later.
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
                answer.Error.Should().Contain("What was done so far is kept");
            return answer.ExitCode == 143;
        }
    }
}
