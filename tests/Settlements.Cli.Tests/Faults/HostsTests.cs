using System.Diagnostics;
using MySqlConnector;

namespace Settlements.Cli.Tests.Faults;

/// <summary>Several processes that close the same days at once.</summary>
[Collection(Workload.Tests)]
public sealed class HostsTests(Workload work)
{
    private const string WaitsForTheLock =
        "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND state LIKE 'Waiting for table metadata lock%'";

    [Theory]
    [MemberData(nameof(Workload.Stores), MemberType = typeof(Workload))]
    public async Task Four_at_once_and_one_of_them_killed_come_to_the_same(bool mySql)
    {
        using var program = await work.NewAsync(mySql);
        (await program.RunAsync(Workload.Import)).ShouldSucceed();
        var hosts = Enumerable.Range(0, 4).Select(_ => program.Start(Workload.Close)).ToList();
        await Task.Delay(work.CloseTakes * 1.2);
        hosts[0].Kill();

        var answers = await Task.WhenAll(hosts.Skip(1).Select(SettlementTool.EndAsync));

        answers.Should().OnlyContain(a => a.ExitCode == 0, string.Join('\n', answers.Select(a => a.Error)));
        (await Workload.AnswersAsync(program)).Should().Be(work.Expected);
        hosts.ForEach(h => h.Dispose());
    }

    [Theory]
    [MemberData(nameof(Workload.Stores), MemberType = typeof(Workload))]
    public async Task Two_that_restart_the_same_run_share_it(bool mySql)
    {
        using var program = await work.NewAsync(mySql);
        (await program.RunAsync(Workload.Import)).ShouldSucceed();
        using (var first = program.Start(Workload.Close))
        {
            await Task.Delay(work.CloseTakes * 0.8);
            first.Kill();
            await first.WaitForExitAsync();
        }

        using var one = program.Start(Workload.Close);
        using var two = program.Start(Workload.Close);
        var answers = await Task.WhenAll(SettlementTool.EndAsync(one), SettlementTool.EndAsync(two));

        answers.Should().OnlyContain(a => a.ExitCode == 0, string.Join('\n', answers.Select(a => a.Error)));
        (await Workload.AnswersAsync(program)).Should().Be(work.Expected);
    }

    [Fact]
    public async Task One_that_sleeps_past_its_lease_writes_nothing_late()
    {
        using var program = await work.NewAsync(mySql: true);
        (await program.RunAsync(Workload.Import)).ShouldSucceed();
        await using var connection = new MySqlConnection(program.MySql);
        await connection.OpenAsync();
        await using var watch = new MySqlConnection(program.MySql);
        await watch.OpenAsync();
        await ExecuteAsync(connection, "LOCK TABLES usage_events WRITE");
        using var sleeper = program.Start(Workload.Close);

        try
        {
            // The table lock holds it at each statement that reads events; at the first one at which it has a chunk, it falls asleep.
            await WaitsAsync(sleeper, watch);
            while (await CountAsync(watch, "SELECT count(*) FROM pipeline_chunks WHERE owner IS NOT NULL AND done = 0") == 0)
            {
                await ExecuteAsync(connection, "UNLOCK TABLES; LOCK TABLES usage_events WRITE");
                await WaitsAsync(sleeper, watch);
            }

            Workload.Signal(sleeper, "STOP");
            await ExecuteAsync(connection, "UNLOCK TABLES");
            var other = (await program.RunAsync(Workload.Close)).ShouldSucceed();
            Workload.Signal(sleeper, "CONT");
            var woken = await SettlementTool.EndAsync(sleeper);

            woken.ExitCode.Should().Be(0, woken.Error);
            other.Output.Should().Contain("Closed");
            (await Workload.AnswersAsync(program)).Should().Be(work.Expected);
            (await CountAsync(connection, "SELECT count(*) FROM pipeline_incidents WHERE reason LIKE '%expired and another instance has leased the chunk%'"))
                .Should().BeGreaterThan(0);
            woken.Error.Should().Contain("another instance has leased chunk");
        }
        finally
        {
            sleeper.Kill(); // a process that sleeps would stay for ever
        }
    }

    private static async Task WaitsAsync(Process sleeper, MySqlConnection watch)
    {
        while (await CountAsync(watch, WaitsForTheLock) == 0)
        {
            sleeper.HasExited.Should().BeFalse("it has to wait for the lock");
            await Task.Delay(5);
        }
    }

    private static async Task<long> CountAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
