using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Settlements.Stores;

/// <summary>
/// Sums quantities by (meter, item, payee, own day) while events stream by. Keys are kept as UTF-8 bytes; adding to a known key allocates
/// nothing. Memory grows with distinct keys: about 55 bytes and the texts for each. Not thread-safe.
/// </summary>
/// <remarks>
/// With many keys nearly every addition waits for memory. So additions are collected, and then looked up some at a time: their reads overlap.
/// A sum may leave the range of <see cref="long"/>: one item's impossible quantity must not stop the others.
/// </remarks>
[Experimental("SETTLE001")]
public sealed class SumAccumulator
{
    /// <summary>How many additions are looked up together: enough for their reads of memory to overlap, few enough to stay in the nearest cache.</summary>
    private const int PendingMax = 64;

    private readonly KeyPages _pages = new();
    private readonly ulong _seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private readonly Pending[] _pending = new Pending[PendingMax];
    private byte[] _pendingKeys = new byte[PendingMax * 128];
    private int _pendingCount;
    private int _pendingBytes;
    private int[] _buckets = new int[1024];
    private int[] _places = new int[1024];
    private int _count;

    /// <summary>What reading ahead came to: it is kept so that the reads are not left out.</summary>
    private int _readAhead;

    /// <summary>What some sums have beyond the range of <see cref="long"/>, by the number of their record; nearly always none.</summary>
    private Dictionary<int, Int128>? _beyond;
    private readonly List<ControlTotals> _controls = [];
    private ControlTotals? _control;

    /// <summary>The distinct keys so far.</summary>
    public int Count
    {
        get
        {
            Settle();
            return _count;
        }
    }

    /// <summary>What was added, by meter: kept apart from the sums, so that these can be checked by it.</summary>
    public IReadOnlyList<ControlTotals> Controls => _controls;

    /// <summary>Adds a quantity to its key's sum.</summary>
    /// <param name="meter">The meter, as UTF-8.</param>
    /// <param name="itemId">The item, as UTF-8.</param>
    /// <param name="payeeId">The payee, as UTF-8.</param>
    /// <param name="ownDay">For a late event the <see cref="DateOnly.DayNumber"/> of the day it happened on; 0 for one that is on time.</param>
    /// <param name="quantity">Units; may be negative.</param>
    /// <param name="events">How many events they are of; negative to take some back.</param>
    /// <exception cref="ArgumentException">The texts have over a million bytes together.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId, int ownDay, long quantity, long events = 1)
    {
        var length = TotalKey.HeaderBytes + meter.Length + itemId.Length + payeeId.Length;
        if (length > KeyPages.KeyBytesMax)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Meter, item and payee have {length - TotalKey.HeaderBytes} bytes together; at most {KeyPages.KeyBytesMax - TotalKey.HeaderBytes} can be summed by."),
                nameof(itemId));
        }

        if (_pendingBytes + length > _pendingKeys.Length)
            Array.Resize(ref _pendingKeys, Math.Max(_pendingBytes + length, _pendingKeys.Length * 2));
        var key = _pendingKeys.AsSpan(_pendingBytes, length);
        TotalKey.Write(key, meter, itemId, payeeId, ownDay);
        _pending[_pendingCount++] = new Pending { Offset = _pendingBytes, Length = length, Hash = TotalKey.Hash(key, _seed), Quantity = quantity, Events = events };
        _pendingBytes += length;
        if (_control is null || !meter.SequenceEqual(_control.Utf8))
            _control = ControlOf(meter);
        _control.Add(quantity, events);
        if (_pendingCount == PendingMax)
            Settle();
    }

    /// <summary>Adds a quantity of any size to its key's sum.</summary>
    /// <param name="meter">The meter, as UTF-8.</param>
    /// <param name="itemId">The item, as UTF-8.</param>
    /// <param name="payeeId">The payee, as UTF-8.</param>
    /// <param name="ownDay">As for <see cref="Add"/>.</param>
    /// <param name="quantity">Units; may be negative.</param>
    /// <param name="events">How many events they are of.</param>
    public void AddSum(ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId, int ownDay, Int128 quantity, long events)
    {
        for (; quantity < long.MinValue || quantity > long.MaxValue; events = 0)
        {
            var part = quantity > 0 ? long.MaxValue : long.MinValue;
            Add(meter, itemId, payeeId, ownDay, part, events);
            quantity -= part;
        }

        Add(meter, itemId, payeeId, ownDay, (long)quantity, events);
    }

    /// <summary>Forgets all sums and keeps the memory, for the next chunk.</summary>
    public void Clear()
    {
        (_count, _pendingCount, _pendingBytes, _beyond) = (0, 0, 0, null);
        Array.Clear(_buckets);
        _pages.Clear();
        _controls.Clear();
        _control = null;
    }

    /// <summary>The sums, in the byte order of meter, item and payee.</summary>
    /// <returns>The places to pass to <see cref="Read"/>.</returns>
    public int[] Order()
    {
        Settle();
        return TotalOrder.Of(this, _count);
    }

    /// <summary>A key and its sum.</summary>
    /// <param name="place">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Spans that are valid until the next addition.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Total Read(int place)
    {
        if (_pendingCount > 0)
            Settle();
        var record = _pages.Record(_places[place]);
        var key = KeyPages.Key(record);
        var (meter, item, payee) = TotalKey.Texts(key);
        var quantity = KeyPages.Sum(record) + (_beyond is null ? 0 : _beyond.GetValueOrDefault(_places[place]));
        return new Total(key[meter], key[item], key[payee], TotalKey.UsageDate(key), quantity, KeyPages.Events(record));
    }

    /// <summary>
    /// Brings the sums of the next places into the nearest memory: their reads overlap, where reading one after the other would wait for each.
    /// </summary>
    /// <param name="places">Places as <see cref="Order"/> gives them.</param>
    /// <returns>How many of them are there now; 0 for no places.</returns>
    public int ReadAhead(ReadOnlySpan<int> places)
    {
        places = places[..Math.Min(places.Length, PendingMax)];
        Span<int> records = stackalloc int[PendingMax];
        for (var i = 0; i < places.Length; i++)
            records[i] = _places[places[i]];
        var hashes = 0;
        for (var i = 0; i < places.Length; i++)
            hashes ^= KeyPages.Hash(_pages.Record(records[i]));
        _readAhead = hashes;
        return places.Length;
    }

    /// <summary>Looks the collected additions up. Each pass touches the memory of all before the next one needs it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Settle()
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
                    _beyond ??= [];
                    _beyond[at - 1] = _beyond.GetValueOrDefault(at - 1) + before;
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
        if (_count == _places.Length)
            Grow();
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        var at = _pages.Add(key, hash, quantity, events, next: bucket);
        bucket = at + 1;
        _places[_count++] = at;
    }

    private void Grow()
    {
        Array.Resize(ref _places, _places.Length * 2);
        _buckets = new int[_places.Length];
        foreach (var at in _places.AsSpan(0, _count))
        {
            var record = _pages.Record(at);
            ref var bucket = ref _buckets[KeyPages.Hash(record) & (_buckets.Length - 1)];
            KeyPages.SetNext(record, bucket);
            bucket = at + 1;
        }
    }

    /// <summary>A key and its sum; texts as UTF-8.</summary>
    public readonly ref struct Total(
        ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId, int ownDay, Int128 quantity, long events)
    {
        /// <summary>The meter.</summary>
        public ReadOnlySpan<byte> Meter { get; } = meter;

        /// <summary>The item.</summary>
        public ReadOnlySpan<byte> ItemId { get; } = itemId;

        /// <summary>The payee.</summary>
        public ReadOnlySpan<byte> PayeeId { get; } = payeeId;

        /// <summary>The <see cref="DateOnly.DayNumber"/> of a late event's own day; 0 when on time.</summary>
        public int UsageDate { get; } = ownDay;

        /// <summary>The sum, in units.</summary>
        public Int128 Quantity { get; } = quantity;

        /// <summary>How many events it is of.</summary>
        public long Events { get; } = events;
    }

    /// <summary>An addition that waits for others. <see cref="First"/> and <see cref="FirstHash"/> are kept only so that they are read early.</summary>
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
