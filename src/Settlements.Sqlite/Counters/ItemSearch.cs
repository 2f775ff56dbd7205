using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>
/// Finds the rows of items in a table whose key goes on with the item's id. The rows are read in the order of the key where most items are needed,
/// and looked up where few are: after some rows that nobody asked for, the search jumps to the next item.
/// </summary>
internal sealed class ItemSearch : IDisposable
{
    /// <summary>How many rows are passed over before a jump: a jump costs about as much.</summary>
    private const int PassedMax = 8;

    private readonly SqliteStatement _row;
    private readonly int _place;

    /// <summary>A search in the rows of a table that meet a condition.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="columns">The columns to read, after the item's id, which is the first.</param>
    /// <param name="table">The table.</param>
    /// <param name="condition">What the first columns of the key are equal to.</param>
    /// <param name="values">The values of the condition's parameters.</param>
    public ItemSearch(SqliteConnection connection, string columns, string table, string condition, params ReadOnlySpan<string> values)
    {
        _row = new SqliteStatement(connection, $"SELECT item_id, {columns} FROM {table} WHERE {condition} AND item_id >= ? ORDER BY item_id");
        for (var i = 0; i < values.Length; i++)
            _row.Bind(i + 1, values[i]);
        _place = values.Length + 1;
    }

    /// <summary>Finds the rows of items.</summary>
    /// <param name="itemIds">In byte order, each once.</param>
    /// <param name="found">Is called for each row of each item, in the order of the items.</param>
    /// <param name="cancellationToken">Stops between two jumps.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(IReadOnlyList<string> itemIds, Action<string, SqliteStatement> found, CancellationToken cancellationToken)
    {
        var id = new byte[256];
        for (var next = 0; next < itemIds.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = Encode(itemIds[next], ref id);
            _row.Reset();
            _row.BindText(_place, id.AsSpan(0, length));
            for (var passed = 0; passed < PassedMax;)
            {
                if (!_row.Step())
                    return;
                var order = _row.Bytes(0).SequenceCompareTo(id.AsSpan(0, length));
                while (order > 0 && ++next < itemIds.Count)
                {
                    length = Encode(itemIds[next], ref id);
                    order = _row.Bytes(0).SequenceCompareTo(id.AsSpan(0, length));
                }

                if (next == itemIds.Count)
                    return;
                if (order == 0)
                    found(itemIds[next], _row);
                passed = order == 0 ? 0 : passed + 1;
            }
        }
    }

    public void Dispose() => _row.Dispose();

    private static int Encode(string text, ref byte[] utf8)
    {
        if (utf8.Length < Encoding.UTF8.GetMaxByteCount(text.Length))
            utf8 = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Encoding.UTF8.GetBytes(text, utf8);
    }
}
