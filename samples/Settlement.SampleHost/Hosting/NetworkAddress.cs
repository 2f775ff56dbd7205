using System.Net;
using System.Net.Sockets;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// The network address of a request, used to limit abuse and never to identify a person. Of an IPv6 address, the first 64 bits: a
/// subscriber usually controls all addresses of such a network.
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
