using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace Settlement.SampleHost.Tests.Deployment;

/// <summary>
/// YARP in front of instances: requests alternate between those that are ready, without sticky sessions. It sends X-Forwarded-For and
/// X-Forwarded-Proto and keeps the Host header, as docs/running.md requires.
/// </summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _served = new(StringComparer.Ordinal);

    private ReverseProxy(IReadOnlyList<Uri> instances, bool isTls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders(); // each failed request of a killed instance is logged otherwise
        var route = new RouteConfig { RouteId = "all", ClusterId = "instances", Match = new RouteMatch { Path = "{**path}" } };
        var cluster = new ClusterConfig
        {
            ClusterId = "instances",
            LoadBalancingPolicy = "RoundRobin",
            Destinations = instances.ToDictionary(i => i.Authority, i => new DestinationConfig { Address = i.ToString() }),
            HealthCheck = new HealthCheckConfig
            {
                Active = new ActiveHealthCheckConfig
                {
                    Enabled = true, Path = "/health/ready", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(30),
                },
            },
            Metadata = new Dictionary<string, string> { ["ConsecutiveFailuresHealthPolicy.Threshold"] = "1" },
        };
        route = route.WithTransformUseOriginalHostHeader();
        if (isTls)
        {
            route = route.WithTransformXForwarded(xProto: ForwardedTransformActions.Off)
                .WithTransformRequestHeader("X-Forwarded-Proto", "https", append: false);
        }

        builder.Services.AddReverseProxy().LoadFromMemory([route], [cluster]);
        _app = builder.Build();
        _app.MapReverseProxy(pipeline =>
        {
            pipeline.Use(async (context, next) =>
            {
                await next(context);
                if (context.Features.Get<IReverseProxyFeature>()?.ProxiedDestination is { } destination)
                    _served.AddOrUpdate(destination.DestinationId, 1, (_, before) => before + 1);
            });
            pipeline.UseLoadBalancing();
        });
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>The number of requests of each instance, by host and port.</summary>
    public IReadOnlyDictionary<string, int> Served => _served;

    public static Task<ReverseProxy> StartAsync(params IReadOnlyList<Uri> instances) => StartAsync(instances, isTls: false);

    /// <summary>Starts a proxy.</summary>
    /// <param name="instances">The addresses of the instances.</param>
    /// <param name="isTls">Whether it states that its clients use HTTPS.</param>
    public static async Task<ReverseProxy> StartAsync(IReadOnlyList<Uri> instances, bool isTls)
    {
        var proxy = new ReverseProxy(instances, isTls);
        await proxy._app.StartAsync();
        proxy.Address = new Uri(
            proxy._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return proxy;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
