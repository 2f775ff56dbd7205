using System.Net;
using System.Net.Sockets;

namespace Settlements.TestServers;

/// <summary>A connection through a link.</summary>
internal sealed class TcpLinkConnection(TcpLink link, Socket client) : IDisposable
{
    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _cut = new();

    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start(Action ended) => Ended = Task.Run(async () =>
    {
        await RunAsync();
        ended();
    });

    /// <summary>Resets both sockets, so that neither peer sees an orderly close.</summary>
    public void Cut() => _cut.Cancel();

    public void Dispose() => Cut();

    private async Task RunAsync()
    {
        try
        {
            client.NoDelay = true;
            await PassAsync();
            await _server.ConnectAsync(IPAddress.Loopback, link.TargetPort, _cut.Token);
            await await Task.WhenAny(RelayAsync(client, _server), RelayAsync(_server, client));
            client.Dispose();
            _server.Dispose();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Reset();
        }
    }

    private async Task RelayAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await ReceiveAsync(from, buffer);
            if (read == 0)
                return;
            var rest = buffer.AsMemory(0, read);
            while (rest.Length > 0)
                rest = rest[await to.SendAsync(rest, _cut.Token)..];
        }
    }

    /// <summary>Receives bytes, an end or an error, and returns it only when the link is open.</summary>
    private async Task<int> ReceiveAsync(Socket from, byte[] buffer)
    {
        try
        {
            return await from.ReceiveAsync(buffer, _cut.Token);
        }
        finally
        {
            await PassAsync();
        }
    }

    private Task PassAsync() => link.WhenOpen.WaitAsync(_cut.Token);

    private void Reset()
    {
        foreach (var socket in (Socket[])[client, _server])
        {
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The socket is closed already.
            }

            socket.Dispose();
        }
    }
}
