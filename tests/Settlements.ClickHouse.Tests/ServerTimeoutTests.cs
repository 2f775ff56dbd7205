using System.Net;
using System.Net.Sockets;
using Settlements.TestServers;

namespace Settlements.ClickHouse.Tests;

public sealed class ServerTimeoutTests
{
    [Fact]
    public async Task A_server_of_tests_that_accepts_and_never_answers_fails_the_statement()
    {
        using var server = new ClickHouseServer("unused") { StatementsWithin = TimeSpan.FromMilliseconds(100) };
        using var listener = new TcpListener(IPAddress.Loopback, server.HttpPort);
        listener.Start();

        var executed = server.ExecuteAsync("SELECT 1").WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        (await FluentActions.Awaiting(() => executed).Should().ThrowAsync<InvalidOperationException>()).WithMessage(
            "ClickHouse did not answer*within 00:00:00.1*SELECT 1");
    }
}
