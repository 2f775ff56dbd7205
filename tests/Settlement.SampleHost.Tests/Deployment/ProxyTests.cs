using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Tests.Api;

namespace Settlement.SampleHost.Tests.Deployment;

public sealed class ProxyTests
{
    [Theory]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.0.0.0/8", false)]
    public async Task Forwarded_addresses_are_accepted_from_configured_proxies_only(string proxy, bool isTrusted)
    {
        await using var platform = await PlatformUnderTest.StartAsync(
            settings: [("Proxies:0", proxy), ("RateLimits:LogInsPerMinute", "1")]);
        var login = new { email = "nobody@example.com", password = "x" };

        var statuses = new List<int>();
        foreach (var address in (string[])["198.51.100.1", "198.51.100.2"])
            statuses.Add((await platform.Anonymous.PostAsync("/api/users/token", login, ("X-Forwarded-For", address))).Status);

        statuses.Should().Equal(401, isTrusted ? 401 : 429);
    }

    [Fact]
    public async Task Proxies_are_parsed_as_addresses_or_networks()
    {
        await using var platform = await PlatformUnderTest.StartAsync(
            settings: [("Proxies:0", "2001:db8::/32"), ("Proxies:1", "10.0.0.7")]);

        var options = platform.Service<IOptions<ForwardedHeadersOptions>>().Value;

        options.KnownIPNetworks.Should().Equal(IPNetwork.Parse("2001:db8::/32"));
        options.KnownProxies.Should().Equal(IPAddress.Parse("10.0.0.7"));
    }

    [Theory]
    [InlineData("proxy.example")]
    [InlineData("10.0.0.0/33")]
    public async Task An_invalid_proxy_fails_the_start_with_a_remedy(string proxy) =>
        (await FluentActions.Awaiting(() => PlatformUnderTest.StartAsync(settings: ("Proxies:0", proxy))).Should()
            .ThrowAsync<StartException>())
            .WithMessage($"Proxies contains '{proxy}'*10.0.0.0/8*");
}
