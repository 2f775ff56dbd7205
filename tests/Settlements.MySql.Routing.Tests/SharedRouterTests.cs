using System.Data;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Routing;
using Settlements.Testing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>A router shared by the application and the store, whose database is separate from the application's.</summary>
public sealed class SharedRouterTests(ServersUnderTest servers) : IClassFixture<ServersUnderTest>
{
    [Fact]
    public async Task Application_and_store_share_a_router_but_not_connection_sessions()
    {
        await using var store = ReplicatedStore.New(servers);
        await using var scenario = await StartAsync(store, servers.Options(), $"{ServersUnderTest.Database}_settlement");
        var router = scenario.Services.GetRequiredService<MySqlMultiHostDataSource>();
        await scenario.LoadAsync([.. Enumerable.Range(1, 200).Select(i => Scenario.Event(i, Scenario.Monday))]);
        using var routes = new RecordedRoutes();

        await using (var connection = await router.OpenConnectionAsync(DatabaseAccess.Write))
        {
            (connection.Database, await connection.ExecuteScalarAsync<long>("SELECT @@time_zone = '+00:00'")).Should()
                .Be((ServersUnderTest.Database, 0L));
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
            await connection.ExecuteAsync("INSERT INTO notes (text) VALUES ('with the event')", transaction: transaction);
            await scenario.Engine.Writer.WriteAsync(transaction, [Scenario.Event(201, Scenario.Monday)], default);
            await transaction.CommitAsync();
        }

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(201);
        routes.Taken.Should()
            .Contain(r => r.Reason == "known_past_token" || r.Reason == "waited_for_token", "a close reads events from a replica");
        await using (await scenario.Services.GetRequiredService<MySqlDatabase>().OpenReaderAsync(default))
            router.Servers.Sum(server => server.InFlight).Should().Be(1, "the router counts the store's connections too");
        router.Servers.Sum(server => server.InFlight).Should().Be(0);
    }

    [Fact]
    public async Task A_server_that_the_store_can_not_reach_is_down_for_the_application()
    {
        await using var store = ReplicatedStore.New(servers);
        await using var scenario = await StartAsync(store, servers.Options());
        var router = scenario.Services.GetRequiredService<MySqlMultiHostDataSource>();
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday));
        servers.Links[0].Cut();
        try
        {
            await scenario.Engine.Invoking(e => e.Events.LoadAsync(new[] { Scenario.Event(2, Scenario.Monday) }.ToAsyncEnumerable()))
                .Should().ThrowAsync<MySqlStoreException>();
            router.Servers[0].State.Should().NotBe(ServerState.Up);
        }
        finally
        {
            servers.Links[0].Restore();
        }

        await WaitForAsync(() => router.Servers[0].State == ServerState.Up);
        await scenario.LoadAsync(Scenario.Event(2, Scenario.Monday));
        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(2);
    }

    [Fact]
    public async Task A_router_requests_the_current_password_whenever_it_connects()
    {
        var password = "first";
        await servers.Set.Primary.ExecuteAsync(
            $"CREATE USER 'rotating'@'%' IDENTIFIED BY '{password}'; GRANT ALL ON *.* TO 'rotating'@'%'");
        await servers.Set.WaitForAllAsync();
        await using var store = ReplicatedStore.New(servers);
        var options = servers.Options() with
        {
            ConnectionString = $"User ID=rotating;Database={ServersUnderTest.Database};SslMode=None",
            PasswordProvider = _ => Volatile.Read(ref password),
        };
        await using var scenario = await StartAsync(store, options);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday));
        await scenario.CloseAsync(Scenario.Monday);

        Volatile.Write(ref password, "second");
        await servers.Set.Primary.ExecuteAsync("ALTER USER 'rotating'@'%' IDENTIFIED BY 'second'");
        await servers.Set.WaitForAllAsync();
        foreach (var server in servers.Set.Servers)
            await server.ExecuteAsync("KILL USER 'rotating'@'%'");
        await scenario.LoadAsync(Scenario.Event(2, Scenario.Monday.AddDays(1)));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(2);
    }

    private static Task<Scenario> StartAsync(ReplicatedStore store, MySqlMultiHostOptions options, string? database = null) =>
        Scenario.StartAsync(
        store, services: s => s.AddMySqlMultiHostDataSource(options),
        use: s => s.UseMySql((services, o) => o with
        {
            DataSource = services.GetRequiredService<MySqlMultiHostDataSource>(),
            Database = database ?? store.Name,
            Routing = store.Routing,
        }));

    private static async Task WaitForAsync(Func<bool> isReached)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!isReached())
            await Task.Delay(20, limit.Token);
    }
}
