using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Settlements.Testing;

/// <summary>
/// A connection through the proxy. A packet has a header of 4 bytes: the length in 3 bytes and a sequence number, which is 0 for a command.
/// Client packets with other sequence numbers belong to the handshake or to the data of LOAD DATA LOCAL.
/// </summary>
internal sealed class ProxiedConnection(MySqlFaultProxy proxy, int number, Socket client) : IDisposable
{
    private const int HeaderBytes = 4;
    private const byte Query = 3;

    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly AnswerFilter _answers = new();

    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start(string host, int port, Action ended) => Ended = Task.Run(async () =>
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(host, port).ConfigureAwait(false);
            await Task.WhenAny(SendCommandsAsync(), ReturnAnswersAsync()).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // The server is unreachable: the client's connection is reset too.
        }
        finally
        {
            Cut();
            ended();
        }
    });

    public void Dispose() => Cut();

    /// <summary>Resets both sockets, so that neither peer sees an orderly close.</summary>
    public void Cut()
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

    private async Task SendCommandsAsync()
    {
        var from = new NetworkStream(client, ownsSocket: false);
        await using var _ = from.ConfigureAwait(false);
        var head = new byte[HeaderBytes];
        while (true)
        {
            await from.ReadExactlyAsync(head).ConfigureAwait(false);
            var packet = new byte[HeaderBytes + (head[0] | head[1] << 8 | head[2] << 16)];
            head.CopyTo(packet, 0);
            await from.ReadExactlyAsync(packet.AsMemory(HeaderBytes)).ConfigureAwait(false);
            if (head[3] == 0 && packet.Length > HeaderBytes && packet[HeaderBytes] == Query)
                await SendAsync(packet, proxy.Decide(number, Text(packet))).ConfigureAwait(false);
            else
                await SendAsync(packet, ProxyFault.None).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(byte[] packet, ProxyFault fault)
    {
        switch (fault)
        {
            case ProxyFault.BeforeCommand:
                Cut();
                return;
            case ProxyFault.InsideCommand:
                await SendAllAsync(_server, packet.AsMemory(0, packet.Length / 2)).ConfigureAwait(false);
                Cut();
                return;
            case ProxyFault.ErrorAnswer error:
                await SendAllAsync(client, ErrorPacket(error)).ConfigureAwait(false);
                return;
            case ProxyFault.Delayed delayed:
                await Task.Delay(delayed.Time).ConfigureAwait(false);
                break;
            case ProxyFault.AfterCommand:
                _answers.Hold(passedBytes: 0);
                break;
            case ProxyFault.InsideAnswer inside:
                _answers.Hold(inside.Bytes);
                break;
        }

        await SendAllAsync(_server, packet).ConfigureAwait(false);
    }

    private async Task ReturnAnswersAsync()
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await ReadAsync(buffer).ConfigureAwait(false);
            if (read == 0)
                return;
            await SendAllAsync(client, buffer.AsMemory(0, _answers.Pass(buffer.AsSpan(0, read)))).ConfigureAwait(false);
            if (_answers.IsComplete)
                return;
        }
    }

    /// <summary>Reads from the server; 0 after a silence that ends a withheld response whose end can't be parsed.</summary>
    private async Task<int> ReadAsync(byte[] buffer)
    {
        if (!_answers.IsEndedBySilence)
            return await _server.ReceiveAsync(buffer).ConfigureAwait(false);
        using var silence = new CancellationTokenSource(AnswerFilter.Silence);
        try
        {
            return await _server.ReceiveAsync(buffer, silence.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    private static async Task SendAllAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await to.SendAsync(bytes).ConfigureAwait(false)..];
    }

    /// <summary>Reads the SQL text. MySQL 8 clients send query attributes before it: the bytes 0 and 1 where there are none.</summary>
    private static string Text(byte[] packet)
    {
        var text = packet.AsSpan(HeaderBytes + 1);
        return Encoding.UTF8.GetString(text.StartsWith((ReadOnlySpan<byte>)[0, 1]) ? text[2..] : text);
    }

    private static byte[] ErrorPacket(ProxyFault.ErrorAnswer error)
    {
        var text = Encoding.UTF8.GetBytes($"#{error.SqlState}{error.Message}");
        var packet = new byte[HeaderBytes + 3 + text.Length];
        packet[0] = (byte)(packet.Length - HeaderBytes);
        packet[1] = (byte)((packet.Length - HeaderBytes) >> 8);
        packet[3] = 1;
        packet[HeaderBytes] = 0xFF;
        BinaryPrimitives.WriteUInt16LittleEndian(packet.AsSpan(HeaderBytes + 1), (ushort)error.Number);
        text.CopyTo(packet, HeaderBytes + 3);
        return packet;
    }
}
