namespace Settlements.Testing;

/// <summary>Holds back the answer to one command, and tells when it is complete. Used from the answering side, but for <see cref="Hold"/>.</summary>
internal sealed class AnswerFilter
{
    /// <summary>After a first packet that does not say that it is the only one, a server that is silent for so long has done all of the command.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(100);

    private const byte Ok = 0x00;
    private const byte Error = 0xFF;
    private const byte LocalInfile = 0xFB;
    private const int MoreResults = 0x0008;

    private readonly List<byte> _held = [];
    private volatile bool _isHolding;
    private int _passes;

    /// <summary>Whether the held answer is complete.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether a silence ends the held answer.</summary>
    public bool IsEndedBySilence { get; private set; }

    /// <summary>From the next byte on, holds the answer back.</summary>
    public void Hold(int bytesThatPass)
    {
        _passes = bytesThatPass;
        _isHolding = true;
    }

    /// <summary>Takes bytes that the server sent.</summary>
    /// <returns>How many of them pass.</returns>
    public int Pass(ReadOnlySpan<byte> bytes)
    {
        if (!_isHolding)
            return bytes.Length;

        // The server asks for the data of LOAD DATA LOCAL: that passes, and the answer comes after the data.
        _held.AddRange(bytes);
        if (_held.Count >= 5 && _held[4] == LocalInfile && _held.Count == Length(0))
        {
            _held.Clear();
            return bytes.Length;
        }

        Look();
        var passed = Math.Min(_passes, bytes.Length);
        _passes -= passed;
        return passed;
    }

    private void Look()
    {
        if (_held.Count < 5 || _held.Count < Length(0))
            return;
        if (_held[4] == Error || (_held[4] == Ok && (Status(5) & MoreResults) == 0))
            IsComplete = true;
        else
            IsEndedBySilence = true;
    }

    private int Length(int at) => 4 + (_held[at] | _held[at + 1] << 8 | _held[at + 2] << 16);

    /// <summary>An OK packet has two numbers, of 1 to 9 bytes each, before its status.</summary>
    private int Status(int at)
    {
        for (var i = 0; i < 2; i++)
            at += _held[at] switch { 0xFC => 3, 0xFD => 4, 0xFE => 9, _ => 1 };
        return _held[at] | _held[at + 1] << 8;
    }
}
