using System.Runtime.CompilerServices;
using System.Text;

namespace Settlements.Sqlite;

/// <summary>A column whose value is often that of the row before: a text is made only when its bytes change.</summary>
internal sealed class RepeatedText
{
    private byte[] _bytes = new byte[64];
    private int _length = -1;

    /// <summary>The text of the bytes that were read last.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Whether a value is the one that was read last.</summary>
    public bool Is(ReadOnlySpan<byte> utf8) => _length == utf8.Length && utf8.SequenceEqual(_bytes.AsSpan(0, _length));

    /// <summary>Reads a value.</summary>
    /// <returns>Whether it is another than before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read(ReadOnlySpan<byte> utf8)
    {
        if (Is(utf8))
            return false;
        if (utf8.Length > _bytes.Length)
            _bytes = new byte[utf8.Length * 2];
        utf8.CopyTo(_bytes);
        _length = utf8.Length;
        Text = Encoding.UTF8.GetString(utf8);
        return true;
    }
}
