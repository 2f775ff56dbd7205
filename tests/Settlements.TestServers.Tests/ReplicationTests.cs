using System.Globalization;
using MySqlConnector;

namespace Settlements.TestServers.Tests;

/// <summary>Tests of replication in a replica set, and of the means to delay a replica.</summary>
public sealed class ReplicationTests(SharedSet shared)
{
    private static int _lastId;

    private ReplicaSet Set => shared.Set;

    private ReplicatedServer Replica => Set.Replicas[0];

    [Fact]
    public async Task Commits_of_the_primary_are_replicated_to_each_replica()
    {
        var id = await InsertAsync();

        await Set.WaitForAllAsync();

        foreach (var replica in Set.Replicas)
            (await HasAsync(replica, id)).Should().BeTrue();
    }

    [Fact]
    public async Task An_ordinary_user_can_write_on_the_primary_and_not_on_a_replica()
    {
        foreach (var replica in Set.Replicas)
        {
            var write = () => SharedSet.InsertAsync(shared.User, replica.Port, -1);
            (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1290);
        }

        await InsertAsync();
    }

    [Fact]
    public async Task An_ordinary_user_reads_the_replication_status_only_with_the_privilege()
    {
        var blind = await Set.CreateUserAsync("blind", seesReplication: false);

        var look = () => SharedSet.RunAsync(blind.ConnectionString(Replica.Port), "SHOW ALL SLAVES STATUS");

        (await look.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1227);
        (await SharedSet.RunAsync(shared.User.ConnectionString(Replica.Port), "SHOW ALL SLAVES STATUS")).Should().NotBeNull();
    }

    [Fact]
    public async Task A_replica_with_a_stopped_SQL_thread_fetches_and_falls_behind()
    {
        await Replica.StopSqlThreadAsync();
        var id = await InsertAsync();
        await Set.Replicas[1].WaitForAsync((await Set.Primary.ReadAsync("SELECT @@gtid_binlog_pos"))!);

        (await HasAsync(Replica, id)).Should().BeFalse();
        (await Replica.StatusAsync()).Should().Match<ReplicationStatus>(s => s.IoRunning == "Yes" && s.SqlRunning == "No");
        var wait = () => Set.WaitForAllAsync();
        (await wait.Should().ThrowAsync<InvalidOperationException>()).WithMessage(
            $"Server {Replica.Id} *can't reach GTID position '0-1-*Slave_SQL_Running: No*");

        await Replica.StartSqlThreadAsync();
        await Set.WaitForAllAsync();
        (await HasAsync(Replica, id)).Should().BeTrue();
    }

    [Fact]
    public async Task A_delayed_replica_fetches_immediately_and_applies_after_the_delay()
    {
        await Replica.DelayAsync(TimeSpan.FromHours(1));
        var id = await InsertAsync();

        while (await Replica.ReadAsync("SELECT count(*) FROM information_schema.processlist WHERE state LIKE 'Waiting until "
            + "MASTER_DELAY%'") == "0")
            await Task.Delay(10, TestContext.Current.CancellationToken);
        (await HasAsync(Replica, id)).Should().BeFalse();

        await Replica.DelayAsync(TimeSpan.Zero);
        await Set.WaitForAllAsync();
        (await HasAsync(Replica, id)).Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replica_with_a_lost_link_falls_behind_until_the_link_is_restored(bool isCut)
    {
        if (isCut)
            Replica.Link.Cut();
        else
            Replica.Link.Freeze();
        var id = await InsertAsync();

        (await IsAppliedWithinAsync(seconds: 0.3)).Should().BeFalse();
        Replica.Link.Restore();
        await Set.WaitForAllAsync();

        (await HasAsync(Replica, id)).Should().BeTrue();
    }

    private async Task<int> InsertAsync()
    {
        var id = Interlocked.Increment(ref _lastId);
        await SharedSet.InsertAsync(shared.User, Set.Primary.Port, id);
        return id;
    }

    private async Task<bool> IsAppliedWithinAsync(double seconds)
    {
        var position = await Set.Primary.ReadAsync("SELECT @@gtid_binlog_pos");
        return await Replica.ReadAsync(
            string.Create(CultureInfo.InvariantCulture, $"SELECT MASTER_GTID_WAIT('{position}', {seconds})")) == "0";
    }

    private async Task<bool> HasAsync(ReplicatedServer server, int id) =>
        await SharedSet.RunAsync(
            shared.User.ConnectionString(server.Port, SharedSet.Database), $"SELECT id FROM orders WHERE id = {id}") is not null;
}
