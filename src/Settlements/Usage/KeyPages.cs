using System.Buffers.Binary;

namespace Settlements;

/// <summary>
/// Stores keys with their sums contiguously in pages, so that a lookup touches one cache line. A record consists of the next record of
/// its bucket (4 bytes), the hash (4), the sum (8), the number of events (8), the length of the key (4) and the key. Records start at
/// multiples of 8 and are identified by their number.
/// </summary>
internal sealed class KeyPages
{
    private const int PageBytes = 1 << 20;
    private const int Unit = 8;
    private const int UnitsPerPage = PageBytes / Unit;
    private const int HeadBytes = 28;

    /// <summary>The maximum length of a key.</summary>
    public const int KeyBytesMax = PageBytes - HeadBytes;

    private readonly List<byte[]> _pages = [];
    private int _page = -1;
    private int _used = PageBytes;

    public void Clear() => (_page, _used) = (-1, PageBytes);

    /// <summary>Returns the bytes of a record, followed by the rest of its page.</summary>
    public Span<byte> Record(int number) => _pages[number / UnitsPerPage].AsSpan(number % UnitsPerPage * Unit);

    public int Add(ReadOnlySpan<byte> key, int hash, long sum, long events, int next)
    {
        var length = HeadBytes + key.Length;
        if (_used + length > PageBytes)
        {
            if (++_page == _pages.Count)
                _pages.Add(new byte[PageBytes]);
            _used = 0;
        }

        var number = _page * UnitsPerPage + _used / Unit;
        var record = _pages[_page].AsSpan(_used, length);
        SetNext(record, next);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], hash);
        SetSum(record, sum);
        SetEvents(record, events);
        BinaryPrimitives.WriteInt32LittleEndian(record[24..], key.Length);
        key.CopyTo(record[HeadBytes..]);
        _used += (length + Unit - 1) / Unit * Unit;
        return number;
    }

    public static int Next(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record);

    public static void SetNext(Span<byte> record, int next) => BinaryPrimitives.WriteInt32LittleEndian(record, next);

    public static int Hash(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record[4..]);

    public static long Sum(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[8..]);

    public static void SetSum(Span<byte> record, long sum) => BinaryPrimitives.WriteInt64LittleEndian(record[8..], sum);

    public static long Events(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[16..]);

    public static void SetEvents(Span<byte> record, long events) => BinaryPrimitives.WriteInt64LittleEndian(record[16..], events);

    public static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> record) =>
        record.Slice(HeadBytes, BinaryPrimitives.ReadInt32LittleEndian(record[24..]));
}
