namespace Settlements.Testing;

/// <summary>What a proxy does with a command.</summary>
public abstract record ProxyFault
{
    private ProxyFault()
    {
    }

    /// <summary>Nothing: the command and its answer pass.</summary>
    public static ProxyFault None { get; } = new Pass();

    /// <summary>The command does not reach the server, and the connection is reset.</summary>
    public static ProxyFault CutBefore { get; } = new BeforeCommand();

    /// <summary>The server executes the command; then, instead of its answer, the connection is reset.</summary>
    public static ProxyFault CutAfter { get; } = new AfterCommand();

    /// <summary>Only the first half of the command reaches the server, and the connection is reset.</summary>
    public static ProxyFault CutInsideCommand { get; } = new InsideCommand();

    /// <summary>The server executes the command; a part of its answer passes, and the connection is reset.</summary>
    /// <param name="bytes">How many bytes of the answer pass, from 1.</param>
    /// <returns>The fault.</returns>
    public static ProxyFault CutInsideAnswer(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        return new InsideAnswer(bytes);
    }

    /// <summary>The command does not reach the server, and is answered by an error; the connection goes on.</summary>
    /// <param name="number">The error's number, for example 1213.</param>
    /// <param name="sqlState">Its SQL state, five characters, for example <c>40001</c>.</param>
    /// <param name="message">Its text.</param>
    /// <returns>The fault.</returns>
    /// <remarks>After a real deadlock the server has rolled the transaction back; here it has not, until the client does.</remarks>
    public static ProxyFault Error(int number, string sqlState, string message)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sqlState?.Length ?? 0, 5, nameof(sqlState));
        return new ErrorAnswer(number, sqlState!, message);
    }

    /// <summary>The command reaches the server later.</summary>
    /// <param name="delay">How much later, at least 0.</param>
    /// <returns>The fault.</returns>
    public static ProxyFault Delay(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new Later(delay);
    }

    internal sealed record Pass : ProxyFault;

    internal sealed record BeforeCommand : ProxyFault;

    internal sealed record AfterCommand : ProxyFault;

    internal sealed record InsideCommand : ProxyFault;

    internal sealed record InsideAnswer(int Bytes) : ProxyFault;

    internal sealed record ErrorAnswer(int Number, string SqlState, string Message) : ProxyFault;

    internal sealed record Later(TimeSpan Time) : ProxyFault;
}

/// <summary>A command that a client sends.</summary>
/// <param name="Connection">The connection, numbered from 1 as they come.</param>
/// <param name="Text">Its SQL; several statements where the client sends them together.</param>
public sealed record ProxiedCommand(int Connection, string Text);
