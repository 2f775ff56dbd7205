using System.Net.Sockets;
using MySqlConnector;

namespace Settlements.TestServers.Tests;

/// <summary>Tests of a link between a client and a server.</summary>
public sealed class TcpLinkTests(SharedSet shared) : IAsyncLifetime
{
    private TcpLink _link = null!;

    private string ConnectionString => shared.User.ConnectionString(_link.Port) + ";Pooling=false;Connection Timeout=2";

    public ValueTask InitializeAsync()
    {
        _link = TcpLink.Start(shared.Set.Primary.Port);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    [Fact]
    public async Task A_cut_link_resets_existing_and_new_connections_until_it_is_restored()
    {
        await using var connection = await OpenAsync();

        _link.Cut();

        // The driver's exception, or the socket's exception if the reset arrives before the driver writes.
        (await connection.Invoking(c => QueryAsync(c)).Should().ThrowAsync<Exception>()).Which.Should().Match(
            e => e is MySqlException || e is SocketException);
        await FluentActions.Awaiting(OpenAsync).Should().ThrowAsync<MySqlException>();
        _link.Restore();
        await using var another = await OpenAsync();
        (await QueryAsync(another)).Should().Be(7L);
    }

    [Fact]
    public async Task A_frozen_link_passes_nothing_and_delivers_withheld_bytes_after_it_is_restored()
    {
        await using var connection = await OpenAsync();

        _link.Freeze();
        var query = QueryAsync(connection);

        // A new connection is accepted and receives no greeting: it ends by its timeout.
        await FluentActions.Awaiting(OpenAsync).Should().ThrowAsync<MySqlException>().WithMessage("*Timeout*");
        query.IsCompleted.Should().BeFalse();
        _link.Restore();
        (await query).Should().Be(7L);
    }

    private static async Task<object?> QueryAsync(MySqlConnection connection)
    {
        await using var command = new MySqlCommand("SELECT 7", connection);
        return await command.ExecuteScalarAsync();
    }

    private async Task<MySqlConnection> OpenAsync()
    {
        var connection = new MySqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
