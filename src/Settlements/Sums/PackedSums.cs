namespace Settlements.Stores;

/// <summary>
/// A chunk's sums in their byte order, packed into segments for stores that keep them as such: a row for every sum would cost more than the summing.
/// Read forward, segment by segment. Not thread-safe.
/// </summary>
/// <param name="totals">The sums; not changed while they are read.</param>
/// <param name="segmentsMax">How finely they are cut, at most: a range of items reads up to one segment too many of each chunk.</param>
internal sealed class PackedSums(SumAccumulator totals, int segmentsMax)
{
    private readonly int[] _order = totals.Order();
    private readonly PartialSegment _segment = new();
    private byte[] _firstMeter = [];
    private byte[] _firstItem = [];
    private int _next;
    private int _touched;

    /// <summary>How many segments there are.</summary>
    public int Count => _order.Length == 0 ? 0 : (_order.Length + Size - 1) / Size;

    /// <summary>The place of the segment, from 0.</summary>
    public int Number { get; private set; }

    /// <summary>The meter of its first sum, as UTF-8.</summary>
    public ReadOnlySpan<byte> FirstMeter => _firstMeter;

    /// <summary>The item of its first sum, as UTF-8.</summary>
    public ReadOnlySpan<byte> FirstItem => _firstItem;

    /// <summary>How many sums it has.</summary>
    public int SumCount => _segment.Count;

    /// <summary>The sums, packed; valid until the next segment.</summary>
    public ReadOnlySpan<byte> Bytes => _segment.Bytes;

    private int Size => (_order.Length + segmentsMax - 1) / segmentsMax;

    /// <summary>Begins again.</summary>
    public void Reset() => (_next, _touched) = (0, 0);

    /// <summary>Goes to the next segment.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        if (_next == _order.Length)
            return false;
        Number = _next / Size;
        var first = totals.Read(_order[_next]);
        (_firstMeter, _firstItem) = (first.Meter.ToArray(), first.ItemId.ToArray());
        _segment.Clear();
        for (var end = Math.Min(_next + Size, _order.Length); _next < end; _next++)
        {
            // In their order the sums lie all over the memory.
            if (_next == _touched)
                _touched += totals.ReadAhead(_order.AsSpan(_next));
            _segment.Add(totals.Read(_order[_next]));
        }

        return true;
    }
}
