namespace Settlements.Testing;

/// <summary>The fault that a proxy injects into a command.</summary>
public abstract record ProxyFault
{
    private ProxyFault()
    {
    }

    /// <summary>No fault: the command and its response pass.</summary>
    public static ProxyFault None { get; } = new Pass();

    /// <summary>The command does not reach the server, and the connection is reset.</summary>
    public static ProxyFault CutBefore { get; } = new BeforeCommand();

    /// <summary>The server executes the command; the connection is reset instead of a response.</summary>
    public static ProxyFault CutAfter { get; } = new AfterCommand();

    /// <summary>Only the first half of the command reaches the server, and the connection is reset.</summary>
    public static ProxyFault CutInsideCommand { get; } = new InsideCommand();

    /// <summary>The server executes the command; a part of its response passes, and the connection is reset.</summary>
    /// <param name="bytes">Number of bytes of the response that pass, at least 1.</param>
    /// <returns>The fault.</returns>
    public static ProxyFault CutInsideAnswer(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        return new InsideAnswer(bytes);
    }

    /// <summary>The command does not reach the server, and the proxy returns an error; the connection stays usable.</summary>
    /// <param name="number">The error number, for example 1213.</param>
    /// <param name="sqlState">The SQL state, five characters, for example <c>40001</c>.</param>
    /// <param name="message">The error message.</param>
    /// <returns>The fault.</returns>
    /// <remarks>After a real deadlock the server has rolled back the transaction; here it is open until the client rolls it back.</remarks>
    public static ProxyFault Error(int number, string sqlState, string message)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sqlState?.Length ?? 0, 5, nameof(sqlState));
        return new ErrorAnswer(number, sqlState!, message);
    }

    /// <summary>The command reaches the server after a delay.</summary>
    /// <param name="delay">The delay, at least 0.</param>
    /// <returns>The fault.</returns>
    public static ProxyFault Delay(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new Delayed(delay);
    }

    internal sealed record Pass : ProxyFault;

    internal sealed record BeforeCommand : ProxyFault;

    internal sealed record AfterCommand : ProxyFault;

    internal sealed record InsideCommand : ProxyFault;

    internal sealed record InsideAnswer(int Bytes) : ProxyFault;

    internal sealed record ErrorAnswer(int Number, string SqlState, string Message) : ProxyFault;

    internal sealed record Delayed(TimeSpan Time) : ProxyFault;
}

/// <summary>A command that a client sends.</summary>
/// <param name="Connection">The connection's number, from 1, in order of opening.</param>
/// <param name="Text">The SQL text; several statements if the client sends them in one command.</param>
public sealed record ProxiedCommand(int Connection, string Text);
