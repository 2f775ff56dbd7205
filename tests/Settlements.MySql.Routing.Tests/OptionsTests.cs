using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

public sealed class OptionsTests(ServersUnderTest servers) : IClassFixture<ServersUnderTest>
{
    [Theory]
    [InlineData("User ID=x;Password=hunter2", "*names no server*localhost*")]
    [InlineData("Server=;Password=hunter2", "*names no server*")]
    [InlineData("Server=db1,,db2;Password=hunter2", "*server without a name*")]
    [InlineData("Server=db1:x;Password=hunter2", "*'db1:x' is not a server address*")]
    [InlineData("Server=db1:0;Password=hunter2", "*port of server 'db1:0' is 0; use 1 to 65535*")]
    [InlineData("Server=db1,db2,DB1;Password=hunter2", "*'db1:3306' is listed 2 times*")]
    [InlineData("Sauce=y;Password=hunter2", "*can't be read*")]
    public void An_invalid_list_of_servers_is_refused_without_showing_the_password(string connectionString, string message)
    {
        var make = () => new MySqlMultiHostDataSource(new MySqlMultiHostOptions { ConnectionString = connectionString });

        make.Should().Throw<ArgumentException>().WithMessage(message).Which.ToString().Should().NotContain("hunter2");
    }

    [Fact]
    public void All_validation_errors_are_reported_at_once()
    {
        var options = new MySqlMultiHostOptions
        {
            ConnectionString = "Server=db1",
            Servers = [new ServerAddress("", Weight: 0)],
            Routing = new RoutingOptions
            {
                ProbePeriod = TimeSpan.Zero, ProbeTimeoutsMax = 0, TokenWaitMax = TimeSpan.FromHours(1),
                Balancer = null!
            },
        };

        options.Validate().Should().HaveCount(6);
        $"{options}".Should().NotContain("Server=");
    }

    [Theory]
    [InlineData("db1", "db1", 3306)]
    [InlineData(" db1:3307 ", "db1", 3307)]
    [InlineData("[::1]:3307", "::1", 3307)]
    [InlineData("::1", "::1", 3306)]
    [InlineData("[fe80::1]", "fe80::1", 3306)]
    public void A_server_address_is_parsed(string text, string server, int port) =>
        ServerAddress.Parse(text).Should().Be(new ServerAddress(server, port));

    [Fact]
    public async Task If_no_server_answers_the_error_names_each_server_and_reason_without_the_password()
    {
        await using var router = new MySqlMultiHostDataSource(servers.Options() with
        {
            ConnectionString = "User ID=app;Password=hunter2;SslMode=None",
            Servers = [new ServerAddress("127.0.0.1", servers.Links[0].Port), new ServerAddress("127.0.0.1", 1)],
        });

        var error = (await router.Invoking(r => r.StartAsync()).Should().ThrowAsync<RoutingException>()
            .WithMessage("No server answers.*Access denied*127.0.0.1:1:*")).Which;
        error.ToString().Should().NotContain("hunter2");
    }

    [Fact]
    public async Task The_data_source_its_plain_data_sources_and_a_scoped_session_are_registered()
    {
        var options = servers.Options();
        await using var services = new ServiceCollection().AddMySqlMultiHostDataSource(options).AddMySqlMultiHostDataSource(
            options, "other")
            .BuildServiceProvider();
        foreach (var hosted in services.GetServices<IHostedService>())
            await hosted.StartAsync(default);

        var router = services.GetRequiredService<MySqlMultiHostDataSource>();
        services.GetRequiredService<MultiHostDataSource>().Should().BeSameAs(router);
        services.GetRequiredKeyedService<DbDataSource>(RoutingKeys.Primary).Should().BeSameAs(router.Primary);
        services.GetRequiredKeyedService<DbDataSource>("other:replicas")
            .Should().BeSameAs(services.GetRequiredKeyedService<MySqlMultiHostDataSource>("other").Replicas)
                .And.NotBeSameAs(router.Replicas);
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CausalSession>()
            .Should().BeSameAs(scope.ServiceProvider.GetRequiredService<CausalSession>());
        router.Servers.Should().Contain(h => h.Role == ServerRole.Primary, "the hosted service probed them at start");
        router.ConnectionString.Should().NotContain(servers.User.Password);
    }

    [Fact]
    public async Task The_same_server_under_two_names_is_an_error_at_start()
    {
        await using var router = new MySqlMultiHostDataSource(servers.Options() with
        {
            Servers = [new ServerAddress("127.0.0.1", servers.Links[0].Port), new ServerAddress("localhost", servers.Links[0].Port)],
        });

        await router.Invoking(r => r.StartAsync()).Should().ThrowAsync<RoutingException>()
            .WithMessage("*it is the same server as 127.0.0.1:*list each server once*");
    }
}
