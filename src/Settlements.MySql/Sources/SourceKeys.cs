using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Unicode;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Reads a column of ids as typed keys, and formats each distinct key as text once, at the end.</summary>
/// <typeparam name="T">The key: an integer, the 16 bytes of a UUID, or the number of a text.</typeparam>
internal interface ISourceKey<T>
{
    /// <summary>The selected expression.</summary>
    string Expression { get; }

    /// <summary>Reads the current row's key.</summary>
    /// <returns>False if it is null, or a text that is not a valid id.</returns>
    bool TryRead(MySqlDataReader reader, int ordinal, out T key);

    /// <summary>Formats a key as UTF-8.</summary>
    ReadOnlySpan<byte> Text(T key);
}

/// <summary>Whole numbers, formatted as digits.</summary>
internal sealed class IntegerKey(SourceColumn column) : ISourceKey<Int128>
{
    private readonly byte[] _digits = new byte[24];
    private readonly bool _isUnsigned = column.Kind == SourceColumnKind.Unsigned;
    private readonly bool _isNullable = column.IsNullable;

    public string Expression { get; } = column.Sql;

    public bool TryRead(MySqlDataReader reader, int ordinal, out Int128 key)
    {
        key = default;
        if (_isNullable && reader.IsDBNull(ordinal))
            return false;
        key = _isUnsigned ? reader.GetUInt64(ordinal) : reader.GetInt64(ordinal);
        return true;
    }

    public ReadOnlySpan<byte> Text(Int128 key)
    {
        int written;
        if (key > long.MaxValue)
            Utf8Formatter.TryFormat((ulong)key, _digits, out written);
        else
            Utf8Formatter.TryFormat((long)key, _digits, out written);
        return _digits.AsSpan(0, written);
    }
}

/// <summary>BINARY(16), formatted in lower case with hyphens, in the order of the bytes.</summary>
internal sealed class UuidKey(SourceColumn column) : ISourceKey<Int128>
{
    private readonly byte[] _bytes = new byte[16];
    private readonly byte[] _text = new byte[36];
    private readonly bool _isNullable = column.IsNullable;

    public string Expression { get; } = column.Sql;

    public bool TryRead(MySqlDataReader reader, int ordinal, out Int128 key)
    {
        key = default;
        if (_isNullable && reader.IsDBNull(ordinal))
            return false;
        reader.GetBytes(ordinal, 0, _bytes, 0, _bytes.Length);
        key = BinaryPrimitives.ReadInt128BigEndian(_bytes);
        return true;
    }

    public ReadOnlySpan<byte> Text(Int128 key)
    {
        BinaryPrimitives.WriteInt128BigEndian(_bytes, key);
        new Guid(_bytes, bigEndian: true).TryFormat(_text, out _);
        return _text;
    }
}

/// <summary>Texts of any character set as UTF-8, numbered in order of appearance.</summary>
internal sealed class TextKey(SourceColumn column) : ISourceKey<int>
{
    private const int TextBytesMax = UsageEvent.TextLengthMax * 4;

    private readonly TextNumbers _numbers = new();

    // One byte more than the maximum, to detect longer texts.
    private readonly byte[] _bytes = new byte[TextBytesMax + 1];
    private readonly bool _isNullable = column.IsNullable;

    /// <summary>Selects bytes, so that nothing is decoded per row; the server converts other character sets to UTF-8.</summary>
    public string Expression { get; } = column.Kind == SourceColumnKind.Bytes ? column.Sql
        : column.Charset is "utf8mb4" or "utf8mb3" or "utf8" or "ascii" ? $"CAST({column.Sql} AS BINARY)"
        : $"CAST(CONVERT({column.Sql} USING utf8mb4) AS BINARY)";

    public bool TryRead(MySqlDataReader reader, int ordinal, out int key)
    {
        key = -1;
        if (_isNullable && reader.IsDBNull(ordinal))
            return false;
        var text = _bytes.AsSpan(0, (int)reader.GetBytes(ordinal, 0, _bytes, 0, _bytes.Length));
        if (_numbers.TryFind(text, out key))
            return true;
        if (!IsId(text))
            return false;
        key = _numbers.Add(text);
        return true;
    }

    public ReadOnlySpan<byte> Text(int key) => _numbers.Text(key);

    /// <summary>Returns whether a text has 1 to 64 characters of valid UTF-8.</summary>
    private static bool IsId(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && text.Length <= TextBytesMax && Utf8.IsValid(text) && CodePoints.Count(text) <= UsageEvent.TextLengthMax;
}
