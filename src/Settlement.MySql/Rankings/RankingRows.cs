using System.Data.Common;
using Settlement.Calendars;
using Settlement.MySql.Bulk;
using Settlement.MySql.Database;
using Settlement.Rankings;

namespace Settlement.MySql.Rankings;

/// <summary>Rows of rankings.</summary>
internal static class RankingRows
{
    private static readonly CalendarPeriod[] Kept = [CalendarPeriod.Day, CalendarPeriod.Week, CalendarPeriod.Month];

    public static readonly BulkTable Table = BulkTable.Of("rankings", "run_id", "period", "meter", "place", "item_id", "payee_id", "quantity");

    public static string Name(CalendarPeriod period) => period switch
    {
        CalendarPeriod.Day => "day",
        CalendarPeriod.Week => "week",
        CalendarPeriod.Month => "month",
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Rankings are kept of days, weeks and months."),
    };

    public static CalendarPeriod Parse(string name) => Array.Find(Kept, period => Name(period) == name);

    public static void Write(RowBuffer row, KeptRank rank)
    {
        row.Text(Name(rank.Period));
        row.Text(rank.Meter);
        row.Int64(rank.Item.Rank);
        row.Text(rank.Item.ItemId);
        row.Text(rank.Item.PayeeId);
        row.Int64(rank.Item.Quantity);
    }

    /// <summary>A quantity as rankings keep it: one item's impossible sum must not keep a day from being published.</summary>
    public static long Limit(Int128 quantity) => (long)Int128.Clamp(quantity, long.MinValue, long.MaxValue);

    /// <summary>Item, payee and quantity of all rows.</summary>
    public static async Task<IReadOnlyList<ItemQuantity>> ReadAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        await using var _ = reader.ConfigureAwait(false);
        var items = new List<ItemQuantity>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            items.Add(new ItemQuantity(reader.Text(0), reader.Text(1), Limit((Int128)reader.GetDecimal(2))));
        return items;
    }
}
