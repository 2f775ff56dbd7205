using MySqlConnector;

namespace Settlements.MySql.Tests;

/// <summary>Named locks: a lock held by another connection is distinguished from a NULL answer of the server.</summary>
public sealed class NamedLockTests(SharedServer shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_null_answer_is_not_reported_as_a_lock_held_by_another_connection()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var connection = await OpenAsync(store);

        // As in a trimmed application in which the name's parameter was removed.
        var take = () => NamedLock.TryAcquireAsync(connection, name: null, TimeSpan.Zero, "db1/shop", Cancellation);

        var error = (await take.Should().ThrowAsync<MySqlStoreException>()).Which;
        error.Message.Should().StartWith("db1/shop: the server answered NULL to GET_LOCK").And.Contain("Retry").And.NotContain("another");
    }

    [Fact]
    public async Task A_held_lock_is_not_acquired_and_its_holder_is_named_until_it_is_released()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var holder = await OpenAsync(store);
        await using var other = await OpenAsync(store);
        const string Name = "named_lock_tests";

        (await NamedLock.TryAcquireAsync(holder, Name, TimeSpan.Zero, "db1", Cancellation)).Should().BeTrue();
        (await NamedLock.TryAcquireAsync(other, Name, TimeSpan.Zero, "db1", Cancellation)).Should().BeFalse();
        (await NamedLock.HolderAsync(other, Name, Cancellation)).Should().Be($"connection {holder.ServerThread}");
        await NamedLock.ReleaseAsync(holder, Name);
        (await NamedLock.TryAcquireAsync(other, Name, TimeSpan.Zero, "db1", Cancellation)).Should().BeTrue();
    }

    private static async Task<MySqlConnection> OpenAsync(MySqlUnderTest store)
    {
        var connection = new MySqlConnection(store.ConnectionString);
        await connection.OpenAsync(Cancellation);
        return connection;
    }
}
