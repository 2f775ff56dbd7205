using Settlements.TestServers;

namespace Settlements.Cli.Tests.Faults;

/// <summary>Processes that are killed at random times and started again.</summary>
[Collection(Workload.Tests)]
public sealed class KillTests(Workload work)
{
    private const int KillsPerPhase = 5;

    /// <summary>The number of kills for each store.</summary>
    private static readonly int Kills = TestSettings.IsLong ? 100 : 4;

    [Theory]
    [MemberData(nameof(Workload.Stores), MemberType = typeof(Workload))]
    public async Task Import_and_close_have_the_same_result_after_kills_at_random_times(bool mySql)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var (importing, closing) = (0, 0);
        while (importing + closing < Kills)
        {
            using var program = await work.NewAsync(mySql);
            importing += await KillAsync(program, Workload.Import, work.ImportTakes, random, Kills - importing - closing);
            closing += await KillAsync(program, Workload.Close, work.CloseTakes, random, Kills - importing - closing);
            (await Workload.AnswersAsync(program)).Should().Be(work.Expected, $"the seed is {seed}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{(mySql ? "MariaDB" : "SQLite")}: killed {importing} times while importing, {closing} while closing.");
    }

    /// <summary>Kills the command several times, then lets it complete.</summary>
    /// <returns>The number of kills.</returns>
    private static async Task<int> KillAsync(SettlementTool program, string[] command, TimeSpan takes, Random random, int max)
    {
        var kills = 0;
        while (kills < Math.Min(max, TestSettings.IsLong ? KillsPerPhase : 2))
        {
            using var process = program.Start(command);
            await Task.Delay(takes * (0.2 + 0.8 * random.NextDouble()));
            if (process.HasExited)
                break;
            process.Kill();
            await process.WaitForExitAsync();
            kills++;
        }

        (await program.RunAsync(command)).ShouldSucceed();
        return kills;
    }
}
