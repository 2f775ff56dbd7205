using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Settlements.Stores;

/// <summary>
/// Sums the quantities of a stream of events by meter, item, payee and usage date. Keys are stored as UTF-8 bytes; adding to an existing
/// key allocates nothing. Memory grows with the number of distinct keys: about 55 bytes plus the texts for each. Not thread-safe.
/// </summary>
/// <remarks>
/// With many keys nearly every addition causes a cache miss. Additions are therefore buffered and looked up in groups, so that their
/// memory reads overlap. A sum may exceed the range of <see cref="long"/>: an impossible quantity of one item must not stop the others.
/// </remarks>
[Experimental("SETTLE001")]
public sealed class SumAccumulator
{
    /// <summary>
    /// The number of additions that are looked up together: enough for their memory reads to overlap, few enough to fit in the L1 cache.
    /// </summary>
    private const int PendingMax = 64;

    private readonly KeyPages _pages = new();
    private readonly ulong _seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private readonly Pending[] _pending = new Pending[PendingMax];
    private byte[] _pendingKeys = new byte[PendingMax * 128];
    private int _pendingCount;
    private int _pendingBytes;
    private int[] _buckets = new int[1024];
    private int[] _records = new int[1024];
    private int _count;

    /// <summary>The result of prefetching, stored so that the compiler does not remove the reads.</summary>
    private int _prefetched;

    /// <summary>The part of sums that exceeds the range of <see cref="long"/>, by record number; usually null.</summary>
    private Dictionary<int, Int128>? _overflow;
    private readonly List<ControlTotals> _controls = [];
    private ControlTotals? _control;

    /// <summary>Gets the number of distinct keys.</summary>
    public int Count
    {
        get
        {
            ApplyPending();
            return _count;
        }
    }

    /// <summary>Gets the control totals by meter, which are maintained separately from the sums to verify them.</summary>
    public IReadOnlyList<ControlTotals> Controls => _controls;

    /// <summary>Adds a quantity to its key's sum.</summary>
    /// <param name="meter">The meter, as UTF-8.</param>
    /// <param name="itemId">The item, as UTF-8.</param>
    /// <param name="payeeId">The payee, as UTF-8.</param>
    /// <param name="usageDate">
    /// The <see cref="DateOnly.DayNumber"/> of the usage date of a late event; 0 for an event that is on time.
    /// </param>
    /// <param name="quantity">Units; may be negative.</param>
    /// <param name="events">The number of events; negative to subtract.</param>
    /// <exception cref="ArgumentException">The texts have more than about a million bytes in total.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(
        ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId, int usageDate, long quantity, long events = 1)
    {
        var length = TotalKey.HeaderBytes + meter.Length + itemId.Length + payeeId.Length;
        if (length > KeyPages.KeyBytesMax)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Meter, item and payee have {length - TotalKey.HeaderBytes} bytes in total, more than the limit of "
                    + $"{KeyPages.KeyBytesMax - TotalKey.HeaderBytes}. Use shorter ids."),
                nameof(itemId));
        }

        if (_pendingBytes + length > _pendingKeys.Length)
            Array.Resize(ref _pendingKeys, Math.Max(_pendingBytes + length, _pendingKeys.Length * 2));
        var key = _pendingKeys.AsSpan(_pendingBytes, length);
        TotalKey.Write(key, meter, itemId, payeeId, usageDate);
        _pending[_pendingCount++] = new Pending
        {
            Offset = _pendingBytes, Length = length, Hash = TotalKey.Hash(key, _seed), Quantity = quantity, Events = events,
        };
        _pendingBytes += length;
        if (_control is null || !meter.SequenceEqual(_control.Utf8))
            _control = ControlOf(meter);
        _control.Add(quantity, events);
        if (_pendingCount == PendingMax)
            ApplyPending();
    }

    /// <summary>Adds a quantity of any size to its key's sum.</summary>
    /// <param name="meter">The meter, as UTF-8.</param>
    /// <param name="itemId">The item, as UTF-8.</param>
    /// <param name="payeeId">The payee, as UTF-8.</param>
    /// <param name="usageDate">As for <see cref="Add"/>.</param>
    /// <param name="quantity">Units; may be negative.</param>
    /// <param name="events">The number of events.</param>
    public void AddSum(
        ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId, int usageDate, Int128 quantity, long events)
    {
        for (; quantity < long.MinValue || quantity > long.MaxValue; events = 0)
        {
            var part = quantity > 0 ? long.MaxValue : long.MinValue;
            Add(meter, itemId, payeeId, usageDate, part, events);
            quantity -= part;
        }

        Add(meter, itemId, payeeId, usageDate, (long)quantity, events);
    }

    /// <summary>Removes all sums and keeps the memory for the next chunk.</summary>
    public void Clear()
    {
        (_count, _pendingCount, _pendingBytes, _overflow) = (0, 0, 0, null);
        Array.Clear(_buckets);
        _pages.Clear();
        _controls.Clear();
        _control = null;
    }

    /// <summary>Sorts the sums by the bytes of meter, item and payee.</summary>
    /// <returns>The indexes of the sums in this order, for <see cref="Read"/>.</returns>
    public int[] Order()
    {
        ApplyPending();
        return TotalOrder.Of(this, _count);
    }

    /// <summary>Reads a key and its sum.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Spans that are valid until the next addition.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Total Read(int index)
    {
        if (_pendingCount > 0)
            ApplyPending();
        var record = _pages.Record(_records[index]);
        var key = KeyPages.Key(record);
        var (meter, item, payee) = TotalKey.Texts(key);
        var quantity = KeyPages.Sum(record) + (_overflow is null ? 0 : _overflow.GetValueOrDefault(_records[index]));
        return new Total(key[meter], key[item], key[payee], TotalKey.UsageDate(key), quantity, KeyPages.Events(record));
    }

    /// <summary>
    /// Prefetches the next sums into the CPU cache: their memory reads overlap instead of waiting for each other.
    /// </summary>
    /// <param name="indexes">Indexes in the order of <see cref="Order"/>.</param>
    /// <returns>The number of sums that were prefetched; 0 for an empty span.</returns>
    public int ReadAhead(ReadOnlySpan<int> indexes)
    {
        indexes = indexes[..Math.Min(indexes.Length, PendingMax)];
        Span<int> records = stackalloc int[PendingMax];
        for (var i = 0; i < indexes.Length; i++)
            records[i] = _records[indexes[i]];
        var hashes = 0;
        for (var i = 0; i < indexes.Length; i++)
            hashes ^= KeyPages.Hash(_pages.Record(records[i]));
        _prefetched = hashes;
        return indexes.Length;
    }

    /// <summary>Applies the buffered additions. Each pass reads the memory that the next pass needs, for all additions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ApplyPending()
    {
        if (_pendingCount == 0)
            return;
        var pending = _pending.AsSpan(0, _pendingCount);
        (_pendingCount, _pendingBytes) = (0, 0);
        for (var i = 0; i < pending.Length; i++)
            pending[i].First = _buckets[pending[i].Hash & (_buckets.Length - 1)];
        for (var i = 0; i < pending.Length; i++)
            pending[i].FirstHash = pending[i].First == 0 ? 0 : KeyPages.Hash(_pages.Record(pending[i].First - 1));
        for (var i = 0; i < pending.Length; i++)
            AddOne(in pending[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddOne(in Pending pending)
    {
        var key = _pendingKeys.AsSpan(pending.Offset, pending.Length);
        for (var at = _buckets[pending.Hash & (_buckets.Length - 1)]; at != 0;)
        {
            var record = _pages.Record(at - 1);
            if (KeyPages.Hash(record) == pending.Hash && KeyPages.Key(record).SequenceEqual(key))
            {
                var before = KeyPages.Sum(record);
                var sum = unchecked(before + pending.Quantity);
                if (((sum ^ before) & (sum ^ pending.Quantity)) < 0)
                {
                    _overflow ??= [];
                    _overflow[at - 1] = _overflow.GetValueOrDefault(at - 1) + before;
                    sum = pending.Quantity;
                }

                KeyPages.SetSum(record, sum);
                KeyPages.SetEvents(record, KeyPages.Events(record) + pending.Events);
                return;
            }

            at = KeyPages.Next(record);
        }

        Insert(key, pending.Hash, pending.Quantity, pending.Events);
    }

    private ControlTotals ControlOf(ReadOnlySpan<byte> meter)
    {
        foreach (var control in _controls)
        {
            if (meter.SequenceEqual(control.Utf8))
                return control;
        }

        _controls.Add(new ControlTotals(meter.ToArray()));
        return _controls[^1];
    }

    private void Insert(ReadOnlySpan<byte> key, int hash, long quantity, long events)
    {
        if (_count == _records.Length)
            Grow();
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        var at = _pages.Add(key, hash, quantity, events, next: bucket);
        bucket = at + 1;
        _records[_count++] = at;
    }

    private void Grow()
    {
        Array.Resize(ref _records, _records.Length * 2);
        _buckets = new int[_records.Length];
        foreach (var at in _records.AsSpan(0, _count))
        {
            var record = _pages.Record(at);
            ref var bucket = ref _buckets[KeyPages.Hash(record) & (_buckets.Length - 1)];
            KeyPages.SetNext(record, bucket);
            bucket = at + 1;
        }
    }

    /// <summary>A key and its sum. Texts are UTF-8.</summary>
    public readonly ref struct Total(
        ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId, int usageDate, Int128 quantity, long events)
    {
        /// <summary>Gets the meter.</summary>
        public ReadOnlySpan<byte> Meter { get; } = meter;

        /// <summary>Gets the item.</summary>
        public ReadOnlySpan<byte> ItemId { get; } = itemId;

        /// <summary>Gets the payee.</summary>
        public ReadOnlySpan<byte> PayeeId { get; } = payeeId;

        /// <summary>Gets the <see cref="DateOnly.DayNumber"/> of the usage date of late events; 0 for events on time.</summary>
        public int UsageDate { get; } = usageDate;

        /// <summary>Gets the sum, in units.</summary>
        public Int128 Quantity { get; } = quantity;

        /// <summary>Gets the number of events.</summary>
        public long Events { get; } = events;
    }

    /// <summary>A buffered addition. <see cref="First"/> and <see cref="FirstHash"/> are stored only to read them early.</summary>
    private struct Pending
    {
        public int Offset;
        public int Length;
        public int Hash;
        public int First;
        public int FirstHash;
        public long Quantity;
        public long Events;
    }
}
