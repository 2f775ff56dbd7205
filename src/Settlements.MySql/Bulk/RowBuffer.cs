using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Settlements.MySql;

/// <summary>
/// Rows in the format of LOAD DATA: fields separated by tabs and rows terminated by line feeds; both, NUL and the backslash are escaped by
/// a backslash; null is <c>\N</c>. It allocates nothing per row. Not thread-safe.
/// </summary>
internal sealed class RowBuffer
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create("\0\t\n\\"u8);

    private byte[] _bytes;
    private bool _isInRow;
    private int _dayNumber = int.MinValue;
    private readonly byte[] _dayText = new byte[10];

    public RowBuffer(int capacity = 128 * 1024) => _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Removes an unfinished row, or all bytes from a position on.</summary>
    public void CutTo(int length) => (Length, _isInRow) = (length, false);

    public void Null()
    {
        BeginField(2);
        _bytes[Length++] = (byte)'\\';
        _bytes[Length++] = (byte)'N';
    }

    public void Nulls(int count)
    {
        for (var i = 0; i < count; i++)
            Null();
    }

    /// <summary>Writes a field of arbitrary bytes: UTF-8 text or binary.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Binary(ReadOnlySpan<byte> value)
    {
        BeginField(value.Length);
        for (var next = value.IndexOfAny(Escaped); next >= 0; next = value.IndexOfAny(Escaped))
        {
            EnsureCapacity(value.Length + 2);
            value[..next].CopyTo(_bytes.AsSpan(Length));
            Length += next;
            _bytes[Length++] = (byte)'\\';
            _bytes[Length++] = value[next] switch
            {
                0 => (byte)'0',
                (byte)'\t' => (byte)'t',
                (byte)'\n' => (byte)'n',
                _ => (byte)'\\',
            };
            value = value[(next + 1)..];
        }

        EnsureCapacity(value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Text(ReadOnlySpan<char> value)
    {
        const int OnStack = 1024;
        var bytesMax = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = bytesMax > OnStack ? ArrayPool<byte>.Shared.Rent(bytesMax) : null;
        var utf8 = rented ?? stackalloc byte[OnStack];
        Binary(utf8[..Encoding.UTF8.GetBytes(value, utf8)]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Int64(long value)
    {
        BeginField(20);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out var written);
        Length += written;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Decimal(decimal value)
    {
        BeginField(32);
        value.TryFormat(_bytes.AsSpan(Length), out var written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>Writes a business day or another date.</summary>
    public void Day(DateOnly value)
    {
        BeginField(10);
        value.TryFormat(_bytes.AsSpan(Length), out var written, "O", CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>
    /// Writes an instant in UTC, from microseconds since 1970-01-01T00:00:00Z, truncated to a column's decimals, since the server would
    /// round.
    /// </summary>
    public void Instant(long unixMicroseconds, int decimals)
    {
        Instant(unixMicroseconds);
        Length -= decimals == 0 ? 7 : 6 - decimals;
    }

    /// <summary>Writes an instant in UTC, from microseconds since 1970-01-01T00:00:00Z.</summary>
    public void Instant(long unixMicroseconds)
    {
        BeginField(InstantText.Length);
        Length += InstantText.Write(unixMicroseconds, _bytes.AsSpan(Length), ref _dayNumber, _dayText);
    }

    /// <summary>Appends rows that are already encoded, with their terminators.</summary>
    public void Encoded(ReadOnlySpan<byte> rows)
    {
        EnsureCapacity(rows.Length);
        rows.CopyTo(_bytes.AsSpan(Length));
        Length += rows.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void EndRow()
    {
        EnsureCapacity(1);
        _bytes[Length++] = (byte)'\n';
        _isInRow = false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BeginField(int length)
    {
        EnsureCapacity(length + 1);
        if (_isInRow)
            _bytes[Length++] = (byte)'\t';
        _isInRow = true;
    }

    private void EnsureCapacity(int bytes)
    {
        if (Length + bytes > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(Length + bytes, checked(_bytes.Length * 2)));
    }
}
