using System.Net;
using System.Net.Sockets;
using Settlement.SampleHost.Tests.Api;
using Settlements.Routing;

namespace Settlement.SampleHost.Tests.Deployment;

/// <summary>Two instances on one primary with a replica, behind a reverse proxy that alternates between them.</summary>
public sealed class BehindProxyTests(ReplicasForPlatform servers) : IClassFixture<ReplicasForPlatform>
{
    private static readonly (string Key, string Value) Trusted = ("Proxies:0", "127.0.0.0/8");

    [Fact]
    public async Task A_browser_logs_in_and_sends_forms_through_either_instance()
    {
        await using var platform = await servers.StartAsync(Trusted);
        await using var other = await platform.StartAnotherAsync(Trusted);
        await using var proxy = await ReverseProxy.StartAsync(platform.Address, other.Address);
        var creator = await platform.LogInAsync("creator");
        await servers.Set.WaitForAllAsync();
        using var browser = new TestBrowser(proxy.Address);

        // Each form is opened on one instance and sent to the other one.
        await browser.LogInAsync(creator.Email);
        for (var n = 1; n <= 3; n++)
        {
            var form = await browser.OpenFormAsync("/studio/new", "video");
            (form["Title"], form["Minutes"], form["Seconds"], form["Source"]) = ($"Video {n}", "5", "15", "");
            (await browser.SendFormAsync("/studio/new", form)).Status.Should().Be(302);
            (await browser.Client.GetAsync("/api/videos/own")).Should(200).Json.GetProperty("items").GetArrayLength().Should().Be(n);
        }

        var token = (await browser.Client.GetAsync("/api/users/antiforgery")).Json.GetProperty("token").GetString()!;
        (await browser.Client.SendAsync(HttpMethod.Delete, "/api/users/session", null, ("X-CSRF-TOKEN", token))).Status.Should().Be(204);
        for (var n = 0; n < 2; n++)
            (await browser.Client.GetAsync("/api/videos/own")).Status.Should().Be(401, "both instances know that the login ended");
        proxy.Served.Should().HaveCount(2).And.NotContainValue(0);
    }

    [Fact]
    public async Task The_address_and_the_scheme_of_the_client_are_those_that_the_proxy_saw()
    {
        await using var platform = await servers.StartAsync(Trusted);
        await using var proxy = await ReverseProxy.StartAsync([platform.Address], isTls: true);
        var user = await platform.LogInAsync();
        using var handler = From("127.0.0.7");
        using var http = new HttpClient(handler) { BaseAddress = proxy.Address };
        var client = new ApiClient(http) { Email = user.Email };

        await client.AuthorizeAsync(PlatformUnderTest.Password);

        (await client.GetAsync("/api/users/me/sessions")).Should(200).Text.Should().Contain("127.0.0.7");
        http.DefaultRequestHeaders.Authorization = null;
        var antiforgery = (await client.GetAsync("/api/users/antiforgery")).Should(200);
        http.DefaultRequestHeaders.Add("Cookie", antiforgery.Headers["Set-Cookie"].Split(';')[0]);
        var login = (await client.PostAsync(
            "/api/users/session", new { email = user.Email, password = PlatformUnderTest.Password },
            ("X-CSRF-TOKEN", antiforgery.Json.GetProperty("token").GetString()!))).Should(204);
        foreach (var cookie in new[] { antiforgery, login }.SelectMany(a => a.Headers["Set-Cookie"].Split(", settlement")))
            cookie.Should().Contain("; secure");
    }

    [Fact]
    public async Task Users_see_their_own_writes_on_the_other_instance_despite_replica_lag()
    {
        await using var platform = await servers.StartAsync(Trusted);
        await using var other = await platform.StartAnotherAsync(
            Trusted, ("Routing:ProbePeriod", "00:00:00.200"), ("Routing:ReplicaLagMax", "00:30:00"));
        await using var proxy = await ReverseProxy.StartAsync(platform.Address, other.Address);
        var creator = await platform.LogInAsync("creator");
        using var browser = new TestBrowser(proxy.Address);
        await browser.LogInAsync(creator.Email);
        await servers.Set.WaitForAllAsync();
        await servers.Replica.DelayAsync(TimeSpan.FromHours(1));
        try
        {
            await UntilReplicaAsync(platform);
            await UntilReplicaAsync(other);
            var token = (await browser.Client.GetAsync("/api/users/antiforgery")).Json.GetProperty("token").GetString()!;
            for (var n = 1; n <= 3; n++)
            {
                (await browser.Client.PostAsync("/api/videos", new { title = $"{n}", lengthSeconds = 60 }, ("X-CSRF-TOKEN", token)))
                    .Should(201);
                for (var read = 0; read < 2; read++)
                    (await browser.Client.GetAsync("/api/videos/own")).Json.GetProperty("items").GetArrayLength().Should().Be(n);
            }

            using var stranger = new TestBrowser(proxy.Address);
            (await stranger.Client.GetAsync("/api/videos")).Json.GetProperty("items").GetArrayLength().Should().Be(
                0, "others read from the replica, which does not have them yet");
        }
        finally
        {
            await servers.Replica.DelayAsync(TimeSpan.Zero);
        }

        await servers.Set.WaitForAllAsync();
        proxy.Served.Should().HaveCount(2);
    }

    private static SocketsHttpHandler From(string address) => new()
    {
        UseCookies = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    private static async Task UntilReplicaAsync(PlatformUnderTest platform)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!platform.Service<MultiHostDataSource>().Servers.Any(s => s is { Role: ServerRole.Replica, State: ServerState.Up }))
            await Task.Delay(20, timeout.Token);
    }
}
