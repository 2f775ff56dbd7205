using System.Net;
using System.Net.Sockets;

namespace Settlements.TestServers;

/// <summary>Ports of the loopback interface for servers that are started later.</summary>
public static class LoopbackPort
{
    /// <summary>
    /// Below the ports that systems give to outgoing connections: while a server is down, none of its clients' connections can take its port.
    /// </summary>
    public static int Find()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(15_000, 32_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Another's: the next one.
            }
        }
    }
}
