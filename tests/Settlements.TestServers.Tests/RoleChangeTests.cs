using MySqlConnector;

namespace Settlements.TestServers.Tests;

/// <summary>Tests of killed and restarted servers and of role changes.</summary>
public sealed class RoleChangeTests
{
    [Fact]
    public async Task After_a_failover_the_new_primary_has_all_replicated_commits_and_the_other_replica_follows_it()
    {
        await using var set = await ReplicaSet.StartAsync();
        var user = await SharedSet.PrepareAsync(set);
        var (old, promoted, other) = (set.Primary, set.Replicas[0], set.Replicas[1]);
        await SharedSet.InsertAsync(user, old.Port, 1);
        await set.WaitForAllAsync();

        old.Kill();
        await set.PromoteAsync(promoted);
        await SharedSet.InsertAsync(user, promoted.Port, 2);
        await set.WaitForAllAsync();

        set.Primary.Should().Be(promoted);
        set.Replicas.Should().Equal(other);
        (await SharedSet.CountAsync(user, other.Port)).Should().Be(2);

        // It restarts as a primary, so there are two primaries until it rejoins.
        await old.RestartAsync();
        (await SharedSet.CountAsync(user, old.Port)).Should().Be(1);
        (await old.ReadAsync("SELECT @@read_only")).Should().Be("0");
        await set.RejoinAsync(old);
        await set.WaitForAllAsync();
        (await SharedSet.CountAsync(user, old.Port)).Should().Be(2);

        // Servers keep their roles across restarts.
        promoted.Kill();
        await promoted.RestartAsync();
        await SharedSet.InsertAsync(user, promoted.Port, 3);
        await set.WaitForAllAsync();
        (await SharedSet.CountAsync(user, old.Port)).Should().Be(3);
    }

    [Fact]
    public async Task After_a_switchover_the_old_primary_follows_and_refuses_writes()
    {
        await using var set = await ReplicaSet.StartAsync(replicas: 1);
        var user = await SharedSet.PrepareAsync(set);
        var (old, promoted) = (set.Primary, set.Replicas[0]);
        await SharedSet.InsertAsync(user, old.Port, 1);

        await set.SwitchoverAsync(promoted);
        await SharedSet.InsertAsync(user, promoted.Port, 2);
        await set.WaitForAllAsync();

        set.Replicas.Should().Equal(old);
        (await SharedSet.CountAsync(user, old.Port)).Should().Be(2);
        var write = () => SharedSet.InsertAsync(user, old.Port, 3);
        (await write.Should().ThrowAsync<MySqlException>()).Which.Number.Should().Be(1290);

        await set.SwitchoverAsync(old);
        await SharedSet.InsertAsync(user, old.Port, 3);
        await set.WaitForAllAsync();
        (await SharedSet.CountAsync(user, promoted.Port)).Should().Be(3);
    }

    [Fact]
    public async Task An_old_primary_with_unreplicated_commits_can_not_rejoin_and_the_error_has_the_reason()
    {
        await using var set = await ReplicaSet.StartAsync(replicas: 1);
        var user = await SharedSet.PrepareAsync(set);
        var old = set.Primary;
        await set.PromoteAsync(set.Replicas[0]);
        await SharedSet.InsertAsync(user, old.Port, 1);

        var rejoin = () => set.RejoinAsync(old);

        (await rejoin.Should().ThrowAsync<InvalidOperationException>()).WithMessage(
            "Server 1 *does not follow server 2*Slave_IO_Running: No (1236 *");
        set.Replicas.Should().BeEmpty();
    }
}
