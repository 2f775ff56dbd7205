using System.Net.Sockets;
using System.Text;

namespace Settlements.TestServers;

/// <summary>
/// A connection of a scripted server. A packet has a header of 4 bytes: the length in 3 bytes and a sequence number, which is 0 for a
/// command and counts the packets of its response.
/// </summary>
internal sealed class ScriptedConnection(ScriptedMySqlServer server, int number, Socket client) : IDisposable
{
    private readonly CancellationTokenSource _cut = new();
    private CancellationTokenSource? _command;

    public int Number => number;

    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start(Action ended) => Ended = Task.Run(async () =>
    {
        try
        {
            client.NoDelay = true;
            await ServeAsync(new NetworkStream(client));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Cut by the script or the client: the socket is reset, so that the client sees no orderly close.
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        finally
        {
            client.Dispose();
            ended();
        }
    });

    public void Cut() => _cut.Cancel();

    public void Dispose() => Cut();

    /// <summary>Ends the delay of the executing command, if any.</summary>
    public void Interrupt()
    {
        try
        {
            Volatile.Read(ref _command)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command has ended.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        await SendAsync(stream, new ScriptedPackets(firstNumber: 0).Greeting(number, server.Version));
        if (await ReadAsync(stream) is not { } login)
            return;
        await SendAsync(stream, new ScriptedPackets((byte)(login.Number + 1)).Ok(affected: 0, isMoreToCome: false));
        while (await ReadAsync(stream) is { } packet && packet.Body[0] != ScriptedPackets.Quit)
        {
            var command = Command(packet.Body);
            server.Record(command);
            using var executing = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token);
            Volatile.Write(ref _command, executing);
            await AnswerAsync(stream, Script(packet.Body[0], command), executing.Token);
            Volatile.Write(ref _command, null);
        }
    }

    private ScriptedAnswer Script(byte kind, ScriptedCommand command) => kind switch
    {
        ScriptedPackets.Query => Script(command.Text),
        ScriptedPackets.Ping or ScriptedPackets.ResetConnection or ScriptedPackets.InitDatabase => ScriptedAnswer.Ok(),
        _ => ScriptedAnswer.Error(1047, "08S01", $"The script has no answer to {command.Text}."),
    };

    /// <summary>
    /// Returns an exception of the script, a bug of the test, to the client as an error: a lost connection would hide it.
    /// </summary>
    private ScriptedAnswer Script(string sql)
    {
        try
        {
            return ScriptedStatements.Answer(server, number, sql);
        }
        catch (Exception e)
        {
            return ScriptedAnswer.Error(1105, "HY000", $"The script threw {e.GetType().Name}: {e.Message}");
        }
    }

    private async Task AnswerAsync(NetworkStream stream, ScriptedAnswer answer, CancellationToken interrupted)
    {
        var packets = new ScriptedPackets(firstNumber: 1);
        var left = new Queue<ScriptedAnswer>(answer.Parts);
        while (left.TryDequeue(out var part))
        {
            if (part is ScriptedAnswer.Wait { Delay: var delay })
                part = await IsInterruptedAsync(delay, interrupted) ? ScriptedAnswer.Error(1317, "70100", "Query execution was "
                    + "interrupted") : null;
            if (part is ScriptedAnswer.Reset)
                throw new IOException("The script cuts the connection.");
            if (part is null)
                continue;
            await SendAsync(stream, packets.Answer(part, isMoreToCome: left.Count > 0));
            if (part is ScriptedAnswer.Fault)
                return;
        }
    }

    private async Task<bool> IsInterruptedAsync(TimeSpan delay, CancellationToken interrupted)
    {
        await Task.Delay(delay, interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _cut.Token.ThrowIfCancellationRequested();
        return interrupted.IsCancellationRequested;
    }

    private ScriptedCommand Command(byte[] body) => body[0] switch
    {
        ScriptedPackets.Query => new ScriptedCommand(number, Encoding.UTF8.GetString(body.AsSpan(1)), IsSql: true),
        ScriptedPackets.InitDatabase => new ScriptedCommand(number, $"COM_INIT_DB {Encoding.UTF8.GetString(body.AsSpan(1))}", IsSql: false),
        ScriptedPackets.Ping => new ScriptedCommand(number, "COM_PING", IsSql: false),
        ScriptedPackets.ResetConnection => new ScriptedCommand(number, "COM_RESET_CONNECTION", IsSql: false),
        var other => new ScriptedCommand(number, $"command 0x{other:X2}", IsSql: false),
    };

    private async Task SendAsync(NetworkStream stream, ReadOnlyMemory<byte> packets) => await stream.WriteAsync(packets, _cut.Token);

    /// <returns>The next packet; null at the end of the connection.</returns>
    private async Task<(byte Number, byte[] Body)?> ReadAsync(NetworkStream stream)
    {
        var head = new byte[4];
        if (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, _cut.Token) < head.Length)
            return null;
        var body = new byte[head[0] | head[1] << 8 | head[2] << 16];
        await stream.ReadExactlyAsync(body, _cut.Token);
        return (head[3], body);
    }
}
