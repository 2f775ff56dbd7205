using MySqlConnector;

namespace Settlements.MySql.Tests;

/// <summary>A lock that another session holds, and a server that says neither yes nor no, are two things.</summary>
public sealed class NamedLockTests(SharedServer shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_of_null_is_not_taken_for_a_lock_that_another_session_holds()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var connection = await OpenAsync(store);

        // As in a trimmed program, in which the parameter that held the name was gone.
        var take = () => NamedLock.TryAcquireAsync(connection, name: null, TimeSpan.Zero, "db1/shop", Cancellation);

        var error = (await take.Should().ThrowAsync<MySqlStoreException>()).Which;
        error.Message.Should().StartWith("db1/shop: the server answered NULL to GET_LOCK").And.Contain("Try again").And.NotContain("another");
    }

    [Fact]
    public async Task A_lock_that_is_held_is_not_taken_and_its_holder_is_named_until_he_gives_it_back()
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
