using System.Diagnostics;
using MySqlConnector;

namespace Settlements.Cli.Tests.Faults;

/// <summary>Several processes that close the same days concurrently.</summary>
[Collection(Workload.Tests)]
public sealed class ConcurrentCloseTests(Workload work)
{
    private const string CountLockWaits =
        "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND state LIKE 'Waiting for table metadata lock%'";

    [Theory]
    [MemberData(nameof(Workload.Stores), MemberType = typeof(Workload))]
    public async Task Four_concurrent_closes_one_of_them_killed_have_the_same_result(bool mySql)
    {
        using var program = await work.NewAsync(mySql);
        (await program.RunAsync(Workload.Import)).ShouldSucceed();
        var processes = Enumerable.Range(0, 4).Select(_ => program.Start(Workload.Close)).ToList();
        await Task.Delay(work.CloseTakes * 1.2);
        processes[0].Kill();

        var answers = await Task.WhenAll(processes.Skip(1).Select(SettlementTool.EndAsync));

        answers.Should().OnlyContain(a => a.ExitCode == 0, string.Join('\n', answers.Select(a => a.Error)));
        (await Workload.AnswersAsync(program)).Should().Be(work.Expected);
        processes.ForEach(p => p.Dispose());
    }

    [Theory]
    [MemberData(nameof(Workload.Stores), MemberType = typeof(Workload))]
    public async Task Two_processes_resume_the_same_run(bool mySql)
    {
        using var program = await work.NewAsync(mySql);
        (await program.RunAsync(Workload.Import)).ShouldSucceed();
        using (var first = program.Start(Workload.Close))
        {
            await Task.Delay(work.CloseTakes * 0.8);
            first.Kill();
            await first.WaitForExitAsync();
        }

        using var second = program.Start(Workload.Close);
        using var third = program.Start(Workload.Close);
        var answers = await Task.WhenAll(SettlementTool.EndAsync(second), SettlementTool.EndAsync(third));

        answers.Should().OnlyContain(a => a.ExitCode == 0, string.Join('\n', answers.Select(a => a.Error)));
        (await Workload.AnswersAsync(program)).Should().Be(work.Expected);
    }

    [Fact]
    public async Task A_process_suspended_past_its_lease_writes_nothing_afterwards()
    {
        using var program = await work.NewAsync(mySql: true);
        (await program.RunAsync(Workload.Import)).ShouldSucceed();
        await using var connection = new MySqlConnection(program.MySql);
        await connection.OpenAsync();
        await using var watch = new MySqlConnection(program.MySql);
        await watch.OpenAsync();
        await ExecuteAsync(connection, "LOCK TABLES usage_events WRITE");
        using var suspended = program.Start(Workload.Close);

        try
        {
            // The table lock blocks each statement that reads events. The process is suspended at the first one for which it has claimed a
            // chunk.
            await WaitForLockWaitAsync(suspended, watch);
            while (await CountAsync(watch, "SELECT count(*) FROM pipeline_chunks WHERE owner IS NOT NULL AND done = 0") == 0)
            {
                await ExecuteAsync(connection, "UNLOCK TABLES; LOCK TABLES usage_events WRITE");
                await WaitForLockWaitAsync(suspended, watch);
            }

            Workload.Signal(suspended, "STOP");
            await ExecuteAsync(connection, "UNLOCK TABLES");
            var other = (await program.RunAsync(Workload.Close)).ShouldSucceed();
            Workload.Signal(suspended, "CONT");
            var resumed = await SettlementTool.EndAsync(suspended);

            resumed.ExitCode.Should().Be(0, resumed.Error);
            other.Output.Should().Contain("Closed");
            (await Workload.AnswersAsync(program)).Should().Be(work.Expected);
            (await CountAsync(connection, "SELECT count(*) FROM pipeline_incidents WHERE reason LIKE '%expired and another "
                + "instance has leased the chunk%'"))
                .Should().BeGreaterThan(0);
            resumed.Error.Should().Contain("another instance has leased chunk");
        }
        finally
        {
            suspended.Kill(); // a suspended process would never end
        }
    }

    private static async Task WaitForLockWaitAsync(Process process, MySqlConnection watch)
    {
        while (await CountAsync(watch, CountLockWaits) == 0)
        {
            process.HasExited.Should().BeFalse("it has to wait for the lock");
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
