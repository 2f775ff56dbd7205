using System.Runtime.CompilerServices;
using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Merges the sums of the chunks of a run. The sums of each chunk are ordered, so that nothing is hashed or sorted again. Not
/// thread-safe.
/// </summary>
internal sealed class SumMerger(DateOnly day, ItemBounds bounds)
{
    private readonly List<SegmentReader> _heap = [];
    private readonly List<UsageSum> _merged = [];
    private readonly KeyText _itemBytes = new();
    private readonly KeyText _payeeBytes = new();
    private byte[] _meterBytes = [];
    private string _meter = "";
    private string _item = "";
    private string _payee = "";
    private int _usageDate;
    private Int128 _quantity;
    private long _events;
    private bool _hasSum;
    private int _onTime = -1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public IReadOnlyList<UsageSum> Merge(IEnumerable<SegmentReader> chunks)
    {
        foreach (var chunk in chunks)
        {
            var isThere = chunk.Read();
            while (isThere && bounds.IsBeforeFrom(chunk.Meter, chunk.ItemId))
                isThere = chunk.Read();
            if (isThere && bounds.IsBeforeTo(chunk.Meter, chunk.ItemId))
                _heap.Add(chunk);
        }

        for (var i = _heap.Count / 2 - 1; i >= 0; i--)
            SiftDown(i);
        while (_heap.Count > 0)
        {
            Add(_heap[0]);
            if (!_heap[0].Read() || !bounds.IsBeforeTo(_heap[0].Meter, _heap[0].ItemId))
            {
                _heap[0] = _heap[^1];
                _heap.RemoveAt(_heap.Count - 1);
            }

            SiftDown(0);
        }

        Flush();
        return _merged;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(SegmentReader sum)
    {
        var isSame = _hasSum && sum.UsageDate == _usageDate && sum.ItemId.SequenceEqual(_itemBytes.Bytes)
            && sum.PayeeId.SequenceEqual(_payeeBytes.Bytes) && sum.Meter.SequenceEqual(_meterBytes);
        if (!isSame)
        {
            Flush();
            Begin(sum);
        }

        _quantity += sum.Quantity;
        _events += sum.Events;
    }

    /// <summary>Starts a merged sum. Texts that equal those of the previous sum are reused.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Begin(SegmentReader sum)
    {
        if (!_hasSum || !sum.Meter.SequenceEqual(_meterBytes))
            _meter = Encoding.UTF8.GetString(_meterBytes = sum.Meter.ToArray());
        if (!_hasSum || !sum.ItemId.SequenceEqual(_itemBytes.Bytes))
        {
            _itemBytes.Set(0, sum.ItemId);
            _item = Encoding.UTF8.GetString(sum.ItemId);
        }

        if (!_hasSum || !sum.PayeeId.SequenceEqual(_payeeBytes.Bytes))
        {
            _payeeBytes.Set(0, sum.PayeeId);
            _payee = Encoding.UTF8.GetString(sum.PayeeId);
        }

        (_usageDate, _quantity, _events, _hasSum) = (sum.UsageDate, 0, 0, true);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Flush()
    {
        if (!_hasSum)
            return;
        var sum = new UsageSum(_meter, _item, _payee, _usageDate == 0 ? day : DateOnly.FromDayNumber(_usageDate), _quantity, _events);

        // Late usage whose usage date equals the posting date is added to the usage on time, which precedes it.
        if (_usageDate == day.DayNumber && _onTime >= 0 && HasCurrentKey(_merged[_onTime]))
        {
            var onTime = _merged[_onTime];
            _merged[_onTime] = new UsageSum(onTime) { Quantity = onTime.Quantity + _quantity, Events = onTime.Events + _events };
        }
        else
        {
            if (_usageDate == 0)
                _onTime = _merged.Count;
            _merged.Add(sum);
        }
    }

    private bool HasCurrentKey(UsageSum sum) =>
        ReferenceEquals(sum.PayeeId, _payee) && ReferenceEquals(sum.ItemId, _item) && ReferenceEquals(sum.Meter, _meter);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SiftDown(int index)
    {
        if (index >= _heap.Count)
            return;
        var moved = _heap[index];
        while (true)
        {
            var child = 2 * index + 1;
            if (child >= _heap.Count)
                break;
            if (child + 1 < _heap.Count && _heap[child + 1].CompareTo(_heap[child]) < 0)
                child++;
            if (moved.CompareTo(_heap[child]) <= 0)
                break;
            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = moved;
    }
}
