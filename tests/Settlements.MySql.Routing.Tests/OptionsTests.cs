using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Settlements.Routing;

namespace Settlements.MySql.Routing.Tests;

public sealed class OptionsTests(HostsUnderTest hosts) : IClassFixture<HostsUnderTest>
{
    [Theory]
    [InlineData("User ID=x;Password=hunter2", "*No host is named*localhost*")]
    [InlineData("Server=;Password=hunter2", "*No host is named*")]
    [InlineData("Server=db1,,db2;Password=hunter2", "*host of the connection string is empty*")]
    [InlineData("Server=db1:x;Password=hunter2", "*'db1:x' is no host*")]
    [InlineData("Server=db1:0;Password=hunter2", "*port of host 'db1:0' is 0; use 1 to 65535*")]
    [InlineData("Server=db1,db2,DB1;Password=hunter2", "*'db1:3306' is named 2 times*")]
    [InlineData("Sauce=y;Password=hunter2", "*can't be read*")]
    public void A_list_of_hosts_that_can_not_serve_is_refused_without_the_password(string connectionString, string message)
    {
        var make = () => new MySqlMultiHostDataSource(new MySqlMultiHostOptions { ConnectionString = connectionString });

        make.Should().Throw<ArgumentException>().WithMessage(message).Which.ToString().Should().NotContain("hunter2");
    }

    [Fact]
    public void All_faults_are_said_at_once()
    {
        var options = new MySqlMultiHostOptions
        {
            ConnectionString = "Server=db1",
            Hosts = [new ServerAddress("", Weight: 0)],
            Routing = new RoutingOptions { ProbePeriod = TimeSpan.Zero, ProbeTimeoutsMax = 0, TokenWaitMax = TimeSpan.FromHours(1), Balancer = null! },
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
    public void A_host_is_read_as_people_write_it(string text, string server, int port) =>
        ServerAddress.Parse(text).Should().Be(new ServerAddress(server, port));

    [Fact]
    public async Task No_host_that_answers_is_an_error_that_names_each_with_its_reason_and_no_password()
    {
        await using var router = new MySqlMultiHostDataSource(hosts.Options() with
        {
            ConnectionString = "User ID=app;Password=hunter2;SslMode=None",
            Hosts = [new ServerAddress("127.0.0.1", hosts.Links[0].Port), new ServerAddress("127.0.0.1", 1)],
        });

        var error = (await router.Invoking(r => r.StartAsync()).Should().ThrowAsync<RoutingException>().WithMessage("No host answers.*Access denied*127.0.0.1:1:*")).Which;
        error.ToString().Should().NotContain("hunter2");
    }

    [Fact]
    public async Task Services_hand_out_the_data_source_its_plain_ones_and_a_session_a_scope()
    {
        var options = hosts.Options();
        await using var services = new ServiceCollection().AddMySqlMultiHostDataSource(options).AddMySqlMultiHostDataSource(options, "other").BuildServiceProvider();
        foreach (var hosted in services.GetServices<IHostedService>())
            await hosted.StartAsync(default);

        var router = services.GetRequiredService<MySqlMultiHostDataSource>();
        services.GetRequiredService<MultiHostDataSource>().Should().BeSameAs(router);
        services.GetRequiredKeyedService<DbDataSource>(RoutingKeys.Primary).Should().BeSameAs(router.Primary);
        services.GetRequiredKeyedService<DbDataSource>("other:replicas")
            .Should().BeSameAs(services.GetRequiredKeyedService<MySqlMultiHostDataSource>("other").Replicas).And.NotBeSameAs(router.Replicas);
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CausalSession>().Should().BeSameAs(scope.ServiceProvider.GetRequiredService<CausalSession>());
        router.Servers.Should().Contain(h => h.Role == ServerRole.Primary, "the host's start looked at them");
        router.ConnectionString.Should().NotContain(hosts.User.Password);
    }

    [Fact]
    public async Task The_same_server_under_two_names_stops_the_start()
    {
        await using var router = new MySqlMultiHostDataSource(hosts.Options() with
        {
            Hosts = [new ServerAddress("127.0.0.1", hosts.Links[0].Port), new ServerAddress("localhost", hosts.Links[0].Port)],
        });

        await router.Invoking(r => r.StartAsync()).Should().ThrowAsync<RoutingException>().WithMessage("*it is the same server as 127.0.0.1:*name each server once*");
    }
}
