namespace Settlements.Testing;

/// <summary>
/// Withholds the response to one command and detects its end. <see cref="Hold"/> is called by the request loop, all other members by the
/// response loop.
/// </summary>
internal sealed class AnswerFilter
{
    /// <summary>
    /// Time without data after which a response of several packets counts as complete: only a single packet (OK or error) marks its own
    /// end.
    /// </summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(100);

    private const byte Ok = 0x00;
    private const byte Error = 0xFF;
    private const byte LocalInfile = 0xFB;
    private const int MoreResults = 0x0008;

    private readonly List<byte> _held = [];
    private volatile bool _isHolding;
    private int _bytesToPass;

    /// <summary>Whether the withheld response is complete.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether the withheld response ends after <see cref="Silence"/> without data.</summary>
    public bool IsEndedBySilence { get; private set; }

    /// <summary>Withholds the response from the next byte on, except for its first <paramref name="passedBytes"/> bytes.</summary>
    public void Hold(int passedBytes)
    {
        _bytesToPass = passedBytes;
        _isHolding = true;
    }

    /// <summary>Processes bytes that the server sent.</summary>
    /// <returns>The number of bytes to pass on to the client.</returns>
    public int Pass(ReadOnlySpan<byte> bytes)
    {
        if (!_isHolding)
            return bytes.Length;

        // The server requests the data of LOAD DATA LOCAL: the request passes; the response follows the data.
        _held.AddRange(bytes);
        if (_held.Count >= 5 && _held[4] == LocalInfile && _held.Count == Length(0))
        {
            _held.Clear();
            return bytes.Length;
        }

        DetectEnd();
        var passed = Math.Min(_bytesToPass, bytes.Length);
        _bytesToPass -= passed;
        return passed;
    }

    private void DetectEnd()
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
