using System.Text;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Reads the rows of given items from a table whose key continues with the item, in the order of the key. It scans the range from the first
/// to the last item while that reads not many more rows than needed, which is fastest if most items are needed; the remaining items are
/// looked up by id.
/// </summary>
/// <typeparam name="T">The value of a row.</typeparam>
/// <param name="items">The items, in byte order, each once.</param>
/// <param name="read">Reads the value from an item's row; the first column is the item.</param>
internal sealed class NeededItems<T>(IReadOnlyList<string> items, Func<MySqlDataReader, string, T> read) : IRowHandler
{
    private const int RowsPerItemMax = 4;
    private const int RowsMin = 1_000;
    private const int ItemsPerStatement = 1_000;
    private const int ItemBytesMax = 256;

    private readonly List<(int Item, T Value)> _found = [];
    private readonly byte[] _id = new byte[ItemBytesMax];
    private byte[] _needed = items.Count == 0 ? [] : Encoding.UTF8.GetBytes(items[0]);
    private int _next;

    /// <summary>Reads the rows.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="select">The query up to its condition on the items; item_id is the first column.</param>
    /// <param name="rowsPerItem">The approximate number of rows per item.</param>
    /// <param name="order">The columns of the key from the item on.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<T>> ReadAsync(
        MySqlConnection connection, string select, int rowsPerItem, string order, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
            return [];
        var rowsMax = Math.Max(RowsMin, items.Count * RowsPerItemMax * rowsPerItem);
        var count = await ReadAsync(
            connection, $"{select} AND item_id BETWEEN {Sql.Literal(items[0])} AND {Sql.Literal(items[^1])} "
                + $"ORDER BY {order} LIMIT {Sql.Literal(rowsMax)}",
            cancellationToken).ConfigureAwait(false);
        if (count == rowsMax)
            await LookUpAsync(connection, select, order, cancellationToken).ConfigureAwait(false);
        return _found.ConvertAll(f => f.Value);
    }

    public void OnRow(MySqlDataReader reader)
    {
        var id = _id.AsSpan(0, (int)reader.GetBytes(0, 0, _id, 0, _id.Length));
        while (_next < items.Count)
        {
            var order = id.SequenceCompareTo(_needed);
            if (order == 0)
                _found.Add((_next, read(reader, items[_next])));
            if (order <= 0)
                return;
            if (++_next < items.Count)
                _needed = Encoding.UTF8.GetBytes(items[_next]);
        }
    }

    /// <summary>Looks up the remaining items, starting with the one at which the scan ended, which may have more rows.</summary>
    private async Task LookUpAsync(MySqlConnection connection, string select, string order, CancellationToken cancellationToken)
    {
        var from = _next;
        while (_found.Count > 0 && _found[^1].Item == from)
            _found.RemoveAt(_found.Count - 1);
        for (var i = from; i < items.Count; i += ItemsPerStatement)
        {
            var some = string.Join(',', items.Skip(i).Take(ItemsPerStatement).Select(Sql.Literal));
            await ReadAsync(connection, $"{select} AND item_id IN ({some}) ORDER BY {order}", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<long> ReadAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // constant names, values as literals
        command.CommandText = sql;
#pragma warning restore CA2100
        return await RowStream.ReadAsync(command, this, cancellationToken).ConfigureAwait(false);
    }
}
