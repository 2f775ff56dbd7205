using System.Data.Common;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Rows of rankings.</summary>
internal static class RankingRows
{
    public static readonly BulkTable Table = BulkTable.Of(
        "rankings", "run_id", "period", "meter", "place", "item_id", "payee_id", "quantity");

    public static void Write(RowBuffer row, StoredRank rank)
    {
        row.Text(RankingText.Of(rank.Period));
        row.Text(rank.Meter);
        row.Int64(rank.Item.Rank);
        row.Text(rank.Item.ItemId);
        row.Text(rank.Item.PayeeId);
        row.Int64(rank.Item.Quantity);
    }

    /// <summary>Reads item, payee and quantity of all rows.</summary>
    public static async Task<IReadOnlyList<ItemQuantity>> ReadAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        await using var _ = reader.ConfigureAwait(false);
        var items = new List<ItemQuantity>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            items.Add(new ItemQuantity(reader.Text(0), reader.Text(1), RankingText.Clamp((Int128)reader.GetDecimal(2))));
        return items;
    }
}
