using System.Text;
using MySqlConnector;
using Settlement.MySql.Database;
using Settlement.Rankings;

namespace Settlement.MySql.Rankings;

/// <summary>
/// The items with the greatest quantities of rows (item, payee, quantity) that come ordered by item and payee. Only those that are among them so far
/// become texts: the server would make a temporary table of all items to sort them.
/// </summary>
internal sealed class TopItems(int count, long quantityMin) : IRow
{
    private const int TextBytesMax = 256;

    /// <summary>The least of those kept is first: the lower quantity and, of equal ones, the later item.</summary>
    private readonly PriorityQueue<(string ItemId, string PayeeId), (Int128 Quantity, int Earlier)> _kept = new();
    private readonly byte[] _next = new byte[TextBytesMax];
    private readonly byte[] _item = new byte[TextBytesMax];
    private readonly byte[] _payee = new byte[TextBytesMax];
    private int _itemLength = -1;
    private int _payeeLength;
    private Int128 _quantity;
    private int _number;

    public void Take(MySqlDataReader reader)
    {
        var length = (int)reader.GetBytes(0, 0, _next, 0, TextBytesMax);
        if (_itemLength < 0 || !_next.AsSpan(0, length).SequenceEqual(_item.AsSpan(0, _itemLength)))
        {
            Keep();
            _next.AsSpan(0, length).CopyTo(_item);
            (_itemLength, _quantity) = (length, 0);
        }

        _payeeLength = (int)reader.GetBytes(1, 0, _payee, 0, TextBytesMax);
        _quantity += reader.GetInt64(2);
    }

    /// <summary>The items, the greatest first; ties by the lower item id, by bytes.</summary>
    public IReadOnlyList<ItemQuantity> Items()
    {
        Keep();
        _itemLength = -1;
        return [.. _kept.UnorderedItems.OrderByDescending(k => k.Priority.Quantity).ThenByDescending(k => k.Priority.Earlier)
            .Select(k => new ItemQuantity(k.Element.ItemId, k.Element.PayeeId, RankingRows.Limit(k.Priority.Quantity)))];
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
}
