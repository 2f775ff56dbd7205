using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>
/// Finds rows by item id in a table whose key continues with the item id.
/// </summary>
/// <remarks>
/// Where most items are requested, rows are read in key order; where few are, each item is looked up: after <see cref="SkippedMax"/> rows
/// of items that were not requested, the search seeks to the next requested item.
/// </remarks>
internal sealed class ItemSearch : IDisposable
{
    /// <summary>Rows skipped before a seek: a seek costs about as much as reading them.</summary>
    private const int SkippedMax = 8;

    private readonly SqliteStatement _row;
    private readonly int _idParameter;

    /// <summary>Prepares a search in the rows of a table that meet a condition.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="columns">The columns to read. They follow the item id, which is the first column of each row.</param>
    /// <param name="table">The table.</param>
    /// <param name="condition">An equality condition on the columns of the key before the item id.</param>
    /// <param name="values">The values of the condition's parameters.</param>
    public ItemSearch(SqliteConnection connection, string columns, string table, string condition, params ReadOnlySpan<string> values)
    {
        _row = new SqliteStatement(
            connection, $"SELECT item_id, {columns} FROM {table} WHERE {condition} AND item_id >= ? ORDER BY item_id");
        for (var i = 0; i < values.Length; i++)
            _row.Bind(i + 1, values[i]);
        _idParameter = values.Length + 1;
    }

    /// <summary>Finds the rows of items.</summary>
    /// <param name="itemIds">In byte order, each once.</param>
    /// <param name="found">Called for each row of each requested item, in the order of the items.</param>
    /// <param name="cancellationToken">Checked before each seek.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(IReadOnlyList<string> itemIds, Action<string, SqliteStatement> found, CancellationToken cancellationToken)
    {
        var id = new byte[256];
        for (var next = 0; next < itemIds.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = Encode(itemIds[next], ref id);
            _row.Reset();
            _row.BindText(_idParameter, id.AsSpan(0, length));
            for (var skipped = 0; skipped < SkippedMax;)
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
                skipped = order == 0 ? 0 : skipped + 1;
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
