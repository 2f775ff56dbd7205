using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Sums the events of the library's table, whose values were validated when they were stored.</summary>
internal static class EventTableSums
{
    private const int TextBytesMax = 256;

    /// <summary>Reads the rows and sums them: many of them in batches, few of them row by row.</summary>
    public static async Task<long> SumAsync(
        MySqlConnection connection, EventRows rows, SourceSlice slice, long packetBytesMax, SumAccumulator totals,
        CancellationToken cancellationToken)
    {
        if (rows.RangeOf(slice) is not { } range)
            return await StreamAsync(connection, rows, slice, totals, cancellationToken).ConfigureAwait(false);
        var estimate = await rows.EstimateAsync(connection, slice, cancellationToken).ConfigureAwait(false);
        if (estimate < EventBatches.RowsMin)
            return await StreamAsync(connection, rows, slice, totals, cancellationToken).ConfigureAwait(false);
        var (count, others) = await EventBatches.SumAsync(connection, range, estimate, packetBytesMax, totals, cancellationToken)
            .ConfigureAwait(false);
        foreach (var other in others)
        {
            var interval = EventRows.OnTime(other);
            count += await StreamAsync(connection, interval, interval.All, totals, cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    private static async Task<long> StreamAsync(
        MySqlConnection connection, EventRows rows, SourceSlice slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        var command = rows.Select(connection, "meter, item_id, payee_id, quantity", slice);
        await using var _ = command.ConfigureAwait(false);
        return await RowStream.ReadAsync(command, new OnTimeRow(totals), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads sums that the server computes.</summary>
    public static async Task<long> SumGroupsAsync(
        MySqlConnection connection, EventRows rows, SourceSlice slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        var command = rows.Select(
            connection, "meter, item_id, payee_id, sum(quantity), count(*)", slice, "GROUP BY meter, item_id, payee_id");
        await using var _ = command.ConfigureAwait(false);
        var groups = new GroupRow(totals);
        await RowStream.ReadAsync(command, groups, cancellationToken).ConfigureAwait(false);
        return groups.Rows;
    }

    /// <summary>Sums late events, each by its usage date.</summary>
    public static async Task<long> SumLateAsync(
        MySqlConnection connection, EventRows rows, SourceSlice slice, RecordedCalendar calendar, SumAccumulator totals,
        CancellationToken cancellationToken)
    {
        var command = rows.Select(connection, "e.meter, e.item_id, e.payee_id, e.quantity, e.occurred_at", slice);
        await using var _ = command.ConfigureAwait(false);
        return await RowStream.ReadAsync(command, new LateRow(totals, calendar), cancellationToken).ConfigureAwait(false);
    }

    private readonly struct OnTimeRow(SumAccumulator totals) : IRowHandler
    {
        private readonly byte[] _texts = new byte[3 * TextBytesMax];

        public void OnRow(MySqlDataReader reader) => Add(reader, totals, _texts, 0, reader.GetInt64(3));
    }

    private readonly struct LateRow(SumAccumulator totals, RecordedCalendar calendar) : IRowHandler
    {
        private readonly byte[] _texts = new byte[3 * TextBytesMax];

        public void OnRow(MySqlDataReader reader) =>
            Add(reader, totals, _texts, calendar.DayOf(Sql.Instant(reader.GetDateTime(4))).DayNumber, reader.GetInt64(3));
    }

    private sealed class GroupRow(SumAccumulator totals) : IRowHandler
    {
        private readonly byte[] _texts = new byte[3 * TextBytesMax];

        public long Rows { get; private set; }

        public void OnRow(MySqlDataReader reader)
        {
            var (meter, item, payee) = Texts(reader, _texts);
            totals.AddSum(
                _texts.AsSpan(meter), _texts.AsSpan(item), _texts.AsSpan(payee), 0, (Int128)reader.GetDecimal(3), reader.GetInt64(4));
            Rows += reader.GetInt64(4);
        }
    }

    private static void Add(MySqlDataReader reader, SumAccumulator totals, byte[] texts, int usageDay, long quantity)
    {
        var (meter, item, payee) = Texts(reader, texts);
        totals.Add(texts.AsSpan(meter), texts.AsSpan(item), texts.AsSpan(payee), usageDay, quantity);
    }

    private static (Range Meter, Range Item, Range Payee) Texts(MySqlDataReader reader, byte[] texts)
    {
        const int Item = TextBytesMax;
        const int Payee = 2 * TextBytesMax;
        return (
            ..(int)reader.GetBytes(0, 0, texts, 0, TextBytesMax), Item..(Item + (int)reader.GetBytes(1, 0, texts, Item, TextBytesMax)),
            Payee..(Payee + (int)reader.GetBytes(2, 0, texts, Payee, TextBytesMax)));
    }
}
