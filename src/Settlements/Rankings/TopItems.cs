using System.Runtime.CompilerServices;
using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Selects the items with the greatest quantities from rows that are ordered by item and payee. Only selected items are converted to
/// strings. Not thread-safe.
/// </summary>
/// <param name="count">The maximum number of items.</param>
/// <param name="quantityMin">The minimum quantity of an item.</param>
internal sealed class TopItems(int count, Int128 quantityMin)
{
    /// <summary>The selected items, the lowest first: the lowest quantity and, of equal quantities, the later item.</summary>
    private readonly PriorityQueue<(string ItemId, string PayeeId), (Int128 Quantity, int Earlier)> _selected = new(new ByQuantity());
    private byte[] _item = new byte[256];
    private byte[] _payee = new byte[256];
    private int _itemLength = -1;
    private int _payeeLength;
    private Int128 _quantity;
    private int _number;

    /// <summary>Adds a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<byte> item, ReadOnlySpan<byte> payee, Int128 quantity)
    {
        if (_itemLength < 0 || !item.SequenceEqual(_item.AsSpan(0, _itemLength)))
        {
            Select();
            _itemLength = Copy(item, ref _item);
            _quantity = 0;
        }

        _payeeLength = Copy(payee, ref _payee);
        _quantity += quantity;
    }

    /// <summary>Returns the selected items, greatest quantity first; ties are ordered by item id, by bytes.</summary>
    public IReadOnlyList<ItemQuantity> Items()
    {
        Select();
        _itemLength = -1;
        return [.. _selected.UnorderedItems.OrderByDescending(k => k.Priority.Quantity).ThenByDescending(k => k.Priority.Earlier)
            .Select(k => new ItemQuantity(k.Element.ItemId, k.Element.PayeeId, RankingText.Clamp(k.Priority.Quantity)))];
    }

    private void Select()
    {
        if (_itemLength < 0)
            return;
        _number--;
        if (_quantity < quantityMin || (_selected.Count == count && _selected.TryPeek(out _, out var least) && _quantity <= least.Quantity))
            return;
        if (_selected.Count == count)
            _selected.Dequeue();
        _selected.Enqueue(
            (Encoding.UTF8.GetString(_item.AsSpan(0, _itemLength)), Encoding.UTF8.GetString(_payee.AsSpan(0, _payeeLength))),
            (_quantity, _number));
    }

    private static int Copy(ReadOnlySpan<byte> from, ref byte[] to)
    {
        if (from.Length > to.Length)
            to = new byte[from.Length * 2];
        from.CopyTo(to);
        return from.Length;
    }

    private sealed class ByQuantity : IComparer<(Int128 Quantity, int Earlier)>
    {
        public int Compare((Int128 Quantity, int Earlier) x, (Int128 Quantity, int Earlier) y) =>
            x.Quantity == y.Quantity ? x.Earlier.CompareTo(y.Earlier) : x.Quantity < y.Quantity ? -1 : 1;
    }
}
