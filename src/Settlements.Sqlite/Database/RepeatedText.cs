using System.Runtime.CompilerServices;
using System.Text;

namespace Settlements.Sqlite;

/// <summary>Reads a text column whose value often repeats in consecutive rows: a string is allocated only when its bytes change.</summary>
internal sealed class RepeatedText
{
    private byte[] _bytes = new byte[64];
    private int _length = -1;

    /// <summary>The last value read.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Returns whether a value equals the last value read.</summary>
    public bool Matches(ReadOnlySpan<byte> utf8) => _length == utf8.Length && utf8.SequenceEqual(_bytes.AsSpan(0, _length));

    /// <summary>Reads a value.</summary>
    /// <returns>Whether it differs from the previous value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read(ReadOnlySpan<byte> utf8)
    {
        if (Matches(utf8))
            return false;
        if (utf8.Length > _bytes.Length)
            _bytes = new byte[utf8.Length * 2];
        utf8.CopyTo(_bytes);
        _length = utf8.Length;
        Text = Encoding.UTF8.GetString(utf8);
        return true;
    }
}
