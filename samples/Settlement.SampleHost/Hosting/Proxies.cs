using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// The client's address is taken from proxies that are named, and from nobody else. Configured by the list <c>Proxies</c>.
/// </summary>
internal static class Proxies
{
    /// <exception cref="StartException">A proxy is neither an address nor a network.</exception>
    public static void AddProxies(this IServiceCollection services, IConfiguration configuration)
    {
        var proxies = configuration.GetSection("Proxies").Get<string[]>() ?? [];
        var (addresses, networks) = (new List<IPAddress>(), new List<System.Net.IPNetwork>());
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                addresses.Add(address);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
                networks.Add(network);
            else
                throw new StartException($"Proxies names '{proxy}'. Use addresses such as 10.0.0.7 and networks such as 10.0.0.0/8.");
        }

        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = proxies.Length == 0 ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            addresses.ForEach(options.KnownProxies.Add);
            networks.ForEach(options.KnownIPNetworks.Add);
        });
    }
}
