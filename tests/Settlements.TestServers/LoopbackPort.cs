using System.Net;
using System.Net.Sockets;

namespace Settlements.TestServers;

/// <summary>Finds ports of the loopback interface for servers that are started later.</summary>
public static class LoopbackPort
{
    /// <summary>
    /// Below the ephemeral ports of operating systems: while a server is stopped, no outgoing connection can use its port.
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
                // The port is in use: try the next one.
            }
        }
    }
}
