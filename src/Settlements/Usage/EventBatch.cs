using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Settlements.Stores;

/// <summary>
/// Events on their way into a store, as columns: ids and numbers in arrays, texts as UTF-8 in one buffer. Reused batch after batch, so that
/// loading allocates nothing per event. Not thread-safe: one owner at a time.
/// </summary>
[Experimental("SETTLE001")]
public sealed class EventBatch
{
    /// <summary>
    /// The greatest capacity: 1,000,000 events. With the longest texts (three of 64 characters of 4 bytes) they take 0.8 GB, which one
    /// buffer still holds.
    /// </summary>
    public const int CapacityMax = 1_000_000;

    private readonly Guid[] _eventIds;
    private readonly long[] _occurredAt;
    private readonly long[] _quantities;
    private readonly long[] _rowNumbers;
    private readonly int[] _textEnds;
    private readonly EventNotes _notes = new();
    private byte[] _text;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="capacity">The most events it holds, from 1 to <see cref="CapacityMax"/>. About 84 bytes are taken for each at
    /// once.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is out of its range.</exception>
    public EventBatch(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, CapacityMax);
        Capacity = capacity;
        _eventIds = new Guid[capacity];
        _occurredAt = new long[capacity];
        _quantities = new long[capacity];
        _rowNumbers = new long[capacity];
        _textEnds = new int[capacity * 3 + 1];
        _text = new byte[capacity * 32];
    }

    /// <summary>The most events the batch holds.</summary>
    public int Capacity { get; }

    /// <summary>The events it holds now.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no further event has room.</summary>
    public bool IsFull => Count == Capacity;

    /// <summary>The event's id.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1, as everywhere here; else <see cref="ArgumentOutOfRangeException"/>.</param>
    /// <returns>The id.</returns>
    public Guid EventId(int index) => _eventIds[Held(index)];

    /// <summary>When it happened, in <see cref="UnixMicroseconds"/>.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Microseconds since 1970-01-01T00:00:00Z.</returns>
    public long OccurredAt(int index) => _occurredAt[Held(index)];

    /// <summary>The quantity, not 0.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Units.</returns>
    public long Quantity(int index) => _quantities[Held(index)];

    /// <summary>The number of the row the event came from, for reports: the row of the file (the header is row 1), or the event's place in
    /// the stream, from 1.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The row's number.</returns>
    public long RowNumber(int index) => _rowNumbers[Held(index)];

    /// <summary>The meter, as UTF-8.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Bytes that are valid until <see cref="Clear"/> or the next addition.</returns>
    public ReadOnlySpan<byte> Meter(int index) => Text(Held(index) * 3);

    /// <summary>The item's id, as UTF-8.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Bytes that are valid until <see cref="Clear"/> or the next addition.</returns>
    public ReadOnlySpan<byte> ItemId(int index) => Text(Held(index) * 3 + 1);

    /// <summary>The payee's id, as UTF-8.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Bytes that are valid until <see cref="Clear"/> or the next addition.</returns>
    public ReadOnlySpan<byte> PayeeId(int index) => Text(Held(index) * 3 + 2);

    /// <summary>Whether any event has a reason or a reference.</summary>
    public bool HasNotes => _notes.Count > 0;

    /// <summary>Whether an event has a reason or a reference.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Whether it has.</returns>
    public bool HasNote(int index) => _notes.Has(Held(index));

    /// <summary>The reason, as UTF-8.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Bytes that are valid until <see cref="Clear"/> or the next addition; empty when absent.</returns>
    public ReadOnlySpan<byte> Reason(int index) => _notes.Reason(Held(index));

    /// <summary>The reference, as UTF-8.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Bytes that are valid until <see cref="Clear"/> or the next addition; empty when absent.</returns>
    public ReadOnlySpan<byte> Reference(int index) => _notes.Reference(Held(index));

    /// <summary>Adds an event whose values were checked before.</summary>
    /// <param name="rowNumber">Where it came from, see <see cref="RowNumber"/>.</param>
    /// <param name="eventId">Its id.</param>
    /// <param name="occurredAt">Microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="meter">Valid UTF-8.</param>
    /// <param name="itemId">Valid UTF-8.</param>
    /// <param name="payeeId">Valid UTF-8.</param>
    /// <param name="quantity">Units, not 0.</param>
    /// <param name="reason">Valid UTF-8; empty when absent. Memory is taken only for events that have it.</param>
    /// <param name="reference">Valid UTF-8; empty when absent.</param>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public void Add(
        long rowNumber, Guid eventId, long occurredAt, ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId,
        long quantity, ReadOnlySpan<byte> reason = default, ReadOnlySpan<byte> reference = default)
    {
        if (IsFull)
            throw new InvalidOperationException(FormattableString.Invariant($"The batch holds {Capacity} events and is full. Store it and call Clear before adding more."));

        var index = Count;
        _rowNumbers[index] = rowNumber;
        _eventIds[index] = eventId;
        _occurredAt[index] = occurredAt;
        _quantities[index] = quantity;
        AddText(index * 3, meter);
        AddText(index * 3 + 1, itemId);
        AddText(index * 3 + 2, payeeId);
        if (reason.Length + reference.Length > 0)
            _notes.Add(index, reason, reference);
        Count = index + 1;
    }

    /// <summary>The event at a place, as the host knows it. Allocates; for reports.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The event.</returns>
    public UsageEvent this[int index] => new(
        EventId(index), UnixMicroseconds.ToInstant(OccurredAt(index)), Encoding.UTF8.GetString(Meter(index)),
        Encoding.UTF8.GetString(ItemId(index)), Encoding.UTF8.GetString(PayeeId(index)), Quantity(index))
    {
        Reason = Encoding.UTF8.GetString(Reason(index)),
        Reference = Encoding.UTF8.GetString(Reference(index)),
    };

    /// <summary>Empties the batch and keeps its buffers.</summary>
    public void Clear()
    {
        Count = 0;
        _notes.Clear();
    }

    // What an earlier batch left in the arrays must never be taken for an event of this one.
    private int Held(int index) => index >= 0 && index < Count
        ? index
        : throw new ArgumentOutOfRangeException(nameof(index), index, FormattableString.Invariant($"The batch holds {Count} events: indexes go from 0 to {Count} - 1."));

    private ReadOnlySpan<byte> Text(int place) => _text.AsSpan(_textEnds[place].._textEnds[place + 1]);

    private void AddText(int place, ReadOnlySpan<byte> text)
    {
        var start = _textEnds[place];
        var end = start + text.Length;
        if (end > _text.Length)
            Array.Resize(ref _text, Math.Max(end, checked(_text.Length * 2)));
        text.CopyTo(_text.AsSpan(start));
        _textEnds[place + 1] = end;
    }
}
