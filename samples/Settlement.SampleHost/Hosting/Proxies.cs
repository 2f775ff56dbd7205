using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// Configures forwarded headers: the client's address is accepted from the configured proxies only. Configuration list <c>Proxies</c>.
/// </summary>
internal static class Proxies
{
    /// <exception cref="StartException">An entry is neither an address nor a network.</exception>
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
                throw new StartException($"Proxies contains '{proxy}'. Use addresses such as 10.0.0.7 or networks such as 10.0.0.0/8.");
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
