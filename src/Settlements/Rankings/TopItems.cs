using System.Runtime.CompilerServices;
using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The items with the greatest quantities of rows that come ordered by item and payee. Only those that are among them so far become texts.
/// Not thread-safe.
/// </summary>
/// <param name="count">At most so many.</param>
/// <param name="quantityMin">Only items with at least so many units.</param>
internal sealed class TopItems(int count, Int128 quantityMin)
{
    /// <summary>The least of those kept is first: the lower quantity and, of equal ones, the later item.</summary>
    private readonly PriorityQueue<(string ItemId, string PayeeId), (Int128 Quantity, int Earlier)> _kept = new(new ByQuantity());
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
            Keep();
            _itemLength = Copy(item, ref _item);
            _quantity = 0;
        }

        _payeeLength = Copy(payee, ref _payee);
        _quantity += quantity;
    }

    /// <summary>The items, the greatest first; ties by the lower item id, by bytes.</summary>
    public IReadOnlyList<ItemQuantity> Items()
    {
        Keep();
        _itemLength = -1;
        return [.. _kept.UnorderedItems.OrderByDescending(k => k.Priority.Quantity).ThenByDescending(k => k.Priority.Earlier)
            .Select(k => new ItemQuantity(k.Element.ItemId, k.Element.PayeeId, RankingText.Clamp(k.Priority.Quantity)))];
    }

    private void Keep()
    {
        if (_itemLength < 0)
            return;
        _number--;
        if (_quantity < quantityMin || (_kept.Count == count && _kept.TryPeek(out _, out var least) && _quantity <= least.Quantity))
            return;
        if (_kept.Count == count)
            _kept.Dequeue();
        _kept.Enqueue(
            (Encoding.UTF8.GetString(_item.AsSpan(0, _itemLength)), Encoding.UTF8.GetString(_payee.AsSpan(0, _payeeLength))), (_quantity, _number));
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
