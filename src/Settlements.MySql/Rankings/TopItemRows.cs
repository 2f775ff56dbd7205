using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Computes the top items from streamed rows (item, payee, quantity) ordered by item and payee, since the server would sort all items in a
/// temporary table.
/// </summary>
internal sealed class TopItemRows(TopItems top) : IRowHandler
{
    private const int TextBytesMax = 256;

    private readonly byte[] _item = new byte[TextBytesMax];
    private readonly byte[] _payee = new byte[TextBytesMax];

    public void OnRow(MySqlDataReader reader)
    {
        var itemLength = (int)reader.GetBytes(0, 0, _item, 0, TextBytesMax);
        var payeeLength = (int)reader.GetBytes(1, 0, _payee, 0, TextBytesMax);
        top.Add(_item.AsSpan(0, itemLength), _payee.AsSpan(0, payeeLength), reader.GetInt64(2));
    }
}
