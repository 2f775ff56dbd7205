using System.Diagnostics;

namespace Settlement.SampleHost.Tests.Faults;

/// <summary>SIGTERM, as a service manager sends it.</summary>
[Collection(Workload.Tests)]
public sealed class StopTests(Workload work)
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(5);

    [Theory]
    [MemberData(nameof(Workload.Stores), MemberType = typeof(Workload))]
    public async Task It_ends_within_five_seconds_and_keeps_what_it_did(bool mySql)
    {
        using var program = await work.NewAsync(mySql);
        await StopAsync(program, Workload.Import, work.ImportTakes);
        (await program.RunAsync(Workload.Import)).ShouldSucceed();
        var stopped = await StopAsync(program, Workload.Close, work.CloseTakes);
        if (stopped)
        {
            // Stopped before its run was made, it leaves none.
            var runs = (await program.RunAsync("runs", "--count", "1", "--json")).ShouldSucceed().Json.GetProperty("runs");
            foreach (var run in runs.EnumerateArray())
                run.GetProperty("state").GetString().Should().BeOneOf("stopped", "completed");
        }

        (await program.RunAsync(Workload.Close)).ShouldSucceed();
        (await Workload.AnswersAsync(program)).Should().Be(work.Expected);
    }

    /// <returns>Whether it was stopped; it may have been done before.</returns>
    private static async Task<bool> StopAsync(SampleProgram program, string[] command, TimeSpan takes)
    {
        using var process = program.Start(command);
        await Task.Delay(takes * 0.7);
        var asked = Stopwatch.StartNew();
        Workload.Signal(process, "TERM");
        var answer = await SampleProgram.EndAsync(process);
        asked.Elapsed.Should().BeLessThan(EndsWithin);
        answer.ExitCode.Should().BeOneOf([0, 143], answer.Error);
        if (answer.ExitCode == 143)
            answer.Error.Should().Contain("What was done so far is kept");
        return answer.ExitCode == 143;
    }
}
