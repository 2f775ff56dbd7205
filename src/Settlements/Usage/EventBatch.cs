using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Settlements.Stores;

/// <summary>
/// A batch of events to be stored, in columnar form: ids and numbers in arrays, texts as UTF-8 in one buffer. Reused for successive
/// batches, so that loading allocates nothing per event. Not thread-safe.
/// </summary>
[Experimental("SETTLE001")]
public sealed class EventBatch
{
    /// <summary>
    /// The maximum capacity: 1,000,000 events. With the longest texts (three of 64 characters of 4 bytes) their size is 0.8 GB, which
    /// fits in one buffer.
    /// </summary>
    public const int CapacityMax = 1_000_000;

    private readonly Guid[] _eventIds;
    private readonly long[] _occurredAt;
    private readonly long[] _quantities;
    private readonly long[] _rowNumbers;
    private readonly int[] _textEnds;
    private readonly EventNotes _notes = new();
    private byte[] _text;

    /// <summary>Initializes an empty batch.</summary>
    /// <param name="capacity">
    /// The maximum number of events, from 1 to <see cref="CapacityMax"/>. About 84 bytes are allocated for each immediately.
    /// </param>
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

    /// <summary>Gets the maximum number of events.</summary>
    public int Capacity { get; }

    /// <summary>Gets the number of events in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>Gets whether the batch is full.</summary>
    public bool IsFull => Count == Capacity;

    /// <summary>Gets the id of an event.</summary>
    /// <param name="index">
    /// From 0 to <see cref="Count"/> - 1, as for all members of this type; otherwise <see cref="ArgumentOutOfRangeException"/> is thrown.
    /// </param>
    /// <returns>The id.</returns>
    public Guid EventId(int index) => _eventIds[Checked(index)];

    /// <summary>Gets the instant of an event, in <see cref="UnixMicroseconds"/>.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Microseconds since 1970-01-01T00:00:00Z.</returns>
    public long OccurredAt(int index) => _occurredAt[Checked(index)];

    /// <summary>Gets the quantity of an event, not 0.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Units.</returns>
    public long Quantity(int index) => _quantities[Checked(index)];

    /// <summary>
    /// Gets the number of the source row of an event, for reports: the row of the file (the header is row 1), or the position of the
    /// event in the stream, from 1.
    /// </summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The number of the row.</returns>
    public long RowNumber(int index) => _rowNumbers[Checked(index)];

    /// <summary>Gets the meter of an event, as UTF-8.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Bytes that are valid until <see cref="Clear"/> or the next addition.</returns>
    public ReadOnlySpan<byte> Meter(int index) => Text(Checked(index) * 3);

    /// <summary>Gets the item id of an event, as UTF-8.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Bytes that are valid until <see cref="Clear"/> or the next addition.</returns>
    public ReadOnlySpan<byte> ItemId(int index) => Text(Checked(index) * 3 + 1);

    /// <summary>Gets the payee id of an event, as UTF-8.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Bytes that are valid until <see cref="Clear"/> or the next addition.</returns>
    public ReadOnlySpan<byte> PayeeId(int index) => Text(Checked(index) * 3 + 2);

    /// <summary>Gets whether any event has a reason or a reference.</summary>
    public bool HasNotes => _notes.Count > 0;

    /// <summary>Gets whether an event has a reason or a reference.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns><see langword="true"/> when it has one.</returns>
    public bool HasNote(int index) => _notes.Has(Checked(index));

    /// <summary>Gets the reason of an event, as UTF-8.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Bytes that are valid until <see cref="Clear"/> or the next addition; empty when absent.</returns>
    public ReadOnlySpan<byte> Reason(int index) => _notes.Reason(Checked(index));

    /// <summary>Gets the reference of an event, as UTF-8.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Bytes that are valid until <see cref="Clear"/> or the next addition; empty when absent.</returns>
    public ReadOnlySpan<byte> Reference(int index) => _notes.Reference(Checked(index));

    /// <summary>Adds an event whose values are already validated.</summary>
    /// <param name="rowNumber">The number of its source row; see <see cref="RowNumber"/>.</param>
    /// <param name="eventId">The id.</param>
    /// <param name="occurredAt">Microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="meter">Valid UTF-8.</param>
    /// <param name="itemId">Valid UTF-8.</param>
    /// <param name="payeeId">Valid UTF-8.</param>
    /// <param name="quantity">Units, not 0.</param>
    /// <param name="reason">Valid UTF-8; empty when absent. Memory is used only for events that have one.</param>
    /// <param name="reference">Valid UTF-8; empty when absent.</param>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public void Add(
        long rowNumber, Guid eventId, long occurredAt, ReadOnlySpan<byte> meter, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> payeeId,
        long quantity, ReadOnlySpan<byte> reason = default, ReadOnlySpan<byte> reference = default)
    {
        if (IsFull)
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"The batch is full: its capacity is {Capacity} events. Store it and call Clear before adding more."));
        }


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

    /// <summary>Gets an event as a value. Allocates; for reports.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The event.</returns>
    public UsageEvent this[int index] => new(
        EventId(index), UnixMicroseconds.ToInstant(OccurredAt(index)), Encoding.UTF8.GetString(Meter(index)),
        Encoding.UTF8.GetString(ItemId(index)), Encoding.UTF8.GetString(PayeeId(index)), Quantity(index))
    {
        Reason = Encoding.UTF8.GetString(Reason(index)),
        Reference = Encoding.UTF8.GetString(Reference(index)),
    };

    /// <summary>Removes all events and keeps the buffers.</summary>
    public void Clear()
    {
        Count = 0;
        _notes.Clear();
    }

    // The arrays may still contain values of an earlier batch, which must not be returned.
    private int Checked(int index) => index >= 0 && index < Count
        ? index
        : throw new ArgumentOutOfRangeException(nameof(index), index, FormattableString.Invariant(
            $"The batch has {Count} events; use an index from 0 to {Count} - 1."));

    private ReadOnlySpan<byte> Text(int slot) => _text.AsSpan(_textEnds[slot].._textEnds[slot + 1]);

    private void AddText(int slot, ReadOnlySpan<byte> text)
    {
        var start = _textEnds[slot];
        var end = start + text.Length;
        if (end > _text.Length)
            Array.Resize(ref _text, Math.Max(end, checked(_text.Length * 2)));
        text.CopyTo(_text.AsSpan(start));
        _textEnds[slot + 1] = end;
    }
}
