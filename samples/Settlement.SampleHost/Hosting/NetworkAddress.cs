using System.Net;
using System.Net.Sockets;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// Where a request comes from, to limit abuse: never who somebody is. Of IPv6 the first 64 bits, since whoever has one address of such a network
/// has all of them.
/// </summary>
internal static class NetworkAddress
{
    private const int PrefixBytes = 8;

    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    public static string Of(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return $"{new IPAddress(bytes)}/{PrefixBytes * 8}";
    }
}
