using System.Net;
using System.Text.RegularExpressions;
using Settlement.SampleHost.Tests.Documentation;

namespace Settlement.SampleHost.Tests.Deployment;

/// <summary>The addresses of compose.yaml, which can't be run here.</summary>
public sealed partial class ComposeTests
{
    [Fact]
    public void Forwarded_headers_are_accepted_from_the_proxy_only()
    {
        var text = Repository.Read("samples/Settlement.SampleHost/compose.yaml");

        var trusted = Trusted().Matches(text).Should().ContainSingle().Which.Groups[1].Value;
        var proxy = IPAddress.Parse(Static().Matches(text).Should().ContainSingle().Which.Groups[1].Value);
        var network = Network().Matches(text).Should().ContainSingle().Which;
        var (subnet, range) = (IPNetwork.Parse(network.Groups[1].Value), IPNetwork.Parse(network.Groups[2].Value));

        trusted.Should().Be(proxy.ToString(), "the network's gateway, from which users of the machine send, is not the proxy");
        text[..text.IndexOf(proxy + " }", StringComparison.Ordinal)].Split("\n  proxy:\n").Should().HaveCount(2)
            .And.Subject.Last().Should().NotContain("\nnetworks:", "it is the address of the service proxy");
        subnet.Contains(proxy).Should().BeTrue();
        range.Contains(proxy).Should().BeFalse("another container could get its address");
        subnet.Contains(range.BaseAddress).Should().BeTrue();
        proxy.Should().NotBe(IPAddress.Parse(network.Groups[3].Value));
    }

    [GeneratedRegex(@"^    Proxies__\d+: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Trusted();

    [GeneratedRegex(@"ipv4_address: (\S+)")]
    private static partial Regex Static();

    [GeneratedRegex(@"subnet: ([^\s,]+), ip_range: ([^\s,]+), gateway: ([^\s,}]+)")]
    private static partial Regex Network();
}
