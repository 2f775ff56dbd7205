using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Settlement.DailyTotals;

/// <summary>
/// Sums quantities by (meter, item, payee, own day) while events stream by. Keys are kept as UTF-8 bytes; adding to a known key allocates
/// nothing. Memory grows with distinct keys: about 40 bytes and the texts for each. Not thread-safe.
/// </summary>
public sealed class TotalsAccumulator
{
    private const int PageBytes = 1 << 20;

    /// <summary>Behind the texts stand the own day (4 bytes) and the lengths of meter and item (4 each): so a key is cut in one way only.</summary>
    private const int SuffixBytes = 12;

    private const int LengthsBytes = 8;

    private readonly List<byte[]> _pages = [];
    private int[] _buckets = new int[1024];
    private Entry[] _entries = new Entry[1024];
    private byte[] _key = new byte[512];
    private int _page = -1;
    private int _pageUsed = PageBytes;

    /// <summary>The distinct keys so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a quantity to its key's sum.</summary>
    /// <param name="meter">The meter, as UTF-8.</param>
    /// <param name="itemId">The item, as UTF-8.</param>
    /// <param name="payeeId">The payee, as UTF-8.</param>
    /// <param name="ownDay">For a late event the <see cref="DateOnly.DayNumber"/> of the day it happened on; 0 for one that is on time.</param>
    /// <param name="quantity">Units; may be negative.</param>
    /// <exception cref="ArgumentException">The texts have over a million bytes together.</exception>
    /// <exception cref="OverflowException">The sum leaves the range of <see cref="long"/>.</exception>
    public void Add(ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId, int ownDay, long quantity)
    {
        var key = Key(meter, itemId, payeeId, ownDay);
        var hash = Hash(key);
        for (var i = _buckets[hash & (_buckets.Length - 1)] - 1; i >= 0; i = _entries[i].Next)
        {
            ref var entry = ref _entries[i];
            if (entry.Hash == hash && key.SequenceEqual(Bytes(entry)))
            {
                var sum = unchecked(entry.Sum + quantity);
                if (((sum ^ entry.Sum) & (sum ^ quantity)) < 0)
                    throw TotalMerger.Overflow(Text(meter), Text(itemId), Text(payeeId));
                entry.Sum = sum;
                return;
            }
        }

        Insert(key, hash, quantity);
    }

    /// <summary>Forgets all sums and keeps the memory, for the next chunk.</summary>
    public void Clear()
    {
        Count = 0;
        Array.Clear(_buckets);
        (_page, _pageUsed) = (-1, PageBytes);
    }

    /// <summary>The sums, in the byte order of meter, item and payee.</summary>
    /// <returns>The places to pass to <see cref="Read"/>.</returns>
    public int[] Order()
    {
        var order = new int[Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        MemoryExtensions.Sort(order.AsSpan(), new ByText(this));
        return order;
    }

    /// <summary>A key and its sum.</summary>
    /// <param name="place">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Spans that are valid until the next addition.</returns>
    public Total Read(int place)
    {
        ref var entry = ref _entries[place];
        var key = Bytes(entry);
        var suffix = key[^SuffixBytes..];
        var meterLength = BinaryPrimitives.ReadInt32LittleEndian(suffix[4..]);
        var itemLength = BinaryPrimitives.ReadInt32LittleEndian(suffix[8..]);
        return new Total(
            key[..meterLength], key.Slice(meterLength, itemLength), key[(meterLength + itemLength)..^SuffixBytes],
            BinaryPrimitives.ReadInt32LittleEndian(suffix), entry.Sum);
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private ReadOnlySpan<byte> Key(ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId, int ownDay)
    {
        var texts = meter.Length + itemId.Length + payeeId.Length;
        var length = texts + SuffixBytes;
        if (length > PageBytes)
            throw new ArgumentException($"Meter, item and payee have {texts} bytes together; at most {PageBytes - SuffixBytes} can be summed by.", nameof(itemId));
        if (length + 1 > _key.Length)
            _key = new byte[length * 2];
        meter.CopyTo(_key);
        itemId.CopyTo(_key.AsSpan(meter.Length));
        payeeId.CopyTo(_key.AsSpan(meter.Length + itemId.Length));
        BinaryPrimitives.WriteInt32LittleEndian(_key.AsSpan(texts), ownDay);
        BinaryPrimitives.WriteInt32LittleEndian(_key.AsSpan(texts + 4), meter.Length);
        BinaryPrimitives.WriteInt32LittleEndian(_key.AsSpan(texts + 8), itemId.Length);
        return _key.AsSpan(0, length);
    }

    /// <summary>The runtime's randomised string hash: ids come from outside, so their collisions must not be theirs to choose.</summary>
    private int Hash(ReadOnlySpan<byte> key)
    {
        _key[key.Length] = 0;
        var even = _key.AsSpan(0, key.Length + (key.Length & 1));
        return string.GetHashCode(MemoryMarshal.Cast<byte, char>(even), StringComparison.Ordinal);
    }

    private ReadOnlySpan<byte> Bytes(in Entry entry) => _pages[entry.Page].AsSpan(entry.Offset, entry.Length);

    private void Insert(ReadOnlySpan<byte> key, int hash, long quantity)
    {
        if (Count == _entries.Length)
            Grow();
        if (_pageUsed + key.Length > PageBytes)
        {
            if (++_page == _pages.Count)
                _pages.Add(new byte[PageBytes]);
            _pageUsed = 0;
        }

        key.CopyTo(_pages[_page].AsSpan(_pageUsed));
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _entries[Count] = new Entry
        {
            Hash = hash, Next = bucket - 1, Page = _page, Offset = _pageUsed, Length = key.Length, Sum = quantity,
        };
        bucket = ++Count;
        _pageUsed += key.Length;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _buckets = new int[_entries.Length];
        for (var i = 0; i < Count; i++)
        {
            ref var bucket = ref _buckets[_entries[i].Hash & (_buckets.Length - 1)];
            _entries[i].Next = bucket - 1;
            bucket = i + 1;
        }
    }

    /// <summary>A key and its sum; texts as UTF-8.</summary>
    public readonly ref struct Total(
        ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId, int ownDay, long quantity)
    {
        /// <summary>The meter.</summary>
        public ReadOnlySpan<byte> Meter { get; } = meter;

        /// <summary>The item.</summary>
        public ReadOnlySpan<byte> ItemId { get; } = itemId;

        /// <summary>The payee.</summary>
        public ReadOnlySpan<byte> PayeeId { get; } = payeeId;

        /// <summary>The <see cref="DateOnly.DayNumber"/> of a late event's own day; 0 when on time.</summary>
        public int OwnDay { get; } = ownDay;

        /// <summary>The sum, in units.</summary>
        public long Quantity { get; } = quantity;
    }

    private readonly struct ByText(TotalsAccumulator totals) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            var a = totals.Bytes(totals._entries[x]);
            var b = totals.Bytes(totals._entries[y]);

            // Texts of the same lengths, the usual case, compare as one.
            var order = a[^LengthsBytes..].SequenceEqual(b[^LengthsBytes..])
                ? a[..^SuffixBytes].SequenceCompareTo(b[..^SuffixBytes])
                : CompareTexts(totals.Read(x), totals.Read(y));
            return order != 0 ? order : totals.Read(x).OwnDay.CompareTo(totals.Read(y).OwnDay);
        }

        private static int CompareTexts(Total a, Total b)
        {
            var order = a.Meter.SequenceCompareTo(b.Meter);
            if (order == 0)
                order = a.ItemId.SequenceCompareTo(b.ItemId);
            return order == 0 ? a.PayeeId.SequenceCompareTo(b.PayeeId) : order;
        }
    }

    private struct Entry
    {
        public int Hash;
        public int Next;
        public int Page;
        public int Offset;
        public int Length;
        public long Sum;
    }
}
