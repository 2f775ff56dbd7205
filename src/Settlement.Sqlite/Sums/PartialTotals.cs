using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Settlement.Pipelines;
using Settlement.Sqlite.Connections;
using Settlement.Sums;
using SQLitePCL;

namespace Settlement.Sqlite.Sums;

/// <summary>The sums of chunks: written in the order of their key, and merged while they are read in it.</summary>
internal static class PartialTotals
{
    /// <summary>How many rows pass between two looks at a cancellation.</summary>
    private const int RowsPerLook = 4096;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(SqliteConnection connection, Chunk chunk, TotalsAccumulator totals, ReadOnlySpan<int> places)
    {
        using var insert = new SqliteStatement(connection, """
            INSERT INTO partial_totals (run_id, meter, item_id, payee_id, own_day, chunk, quantity, events) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, chunk.RunId).Bind(6, chunk.Number);
        foreach (var place in places)
        {
            var total = totals.Read(place);
            insert.BindText(2, total.Meter).BindText(3, total.ItemId).BindText(4, total.PayeeId).Bind(5, total.OwnDay).Bind(8, total.Events);
            if (total.Quantity >= long.MinValue && total.Quantity <= long.MaxValue)
                insert.Bind(7, (long)total.Quantity).Run();
            else
                insert.Bind(7, total.Quantity.ToString(CultureInfo.InvariantCulture)).Run();
        }
    }

    /// <summary>Deletes what a chunk has written: with a look at all of the run's rows, since it is done after a crash alone.</summary>
    public static void Delete(SqliteConnection connection, Chunk chunk)
    {
        using var delete = new SqliteStatement(connection, "DELETE FROM partial_totals WHERE run_id = ? AND chunk = ?");
        delete.Bind(1, chunk.RunId).Bind(2, chunk.Number).Run();
    }

    public static void Delete(SqliteConnection connection, long runId, KeyRange keys)
    {
        using var delete = new SqliteStatement(connection, $"DELETE FROM partial_totals WHERE run_id = ? AND {keys.Condition(ItemRanges.Key)}");
        delete.Bind(1, runId);
        keys.Bind(delete, 2);
        delete.Run();
    }

    /// <summary>The sums of a range, by meter, item and payee, then by usage date with that of the posting date first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static List<UsageSum> Merge(SqliteConnection connection, long runId, DateOnly day, KeyRange keys, CancellationToken cancellationToken)
    {
        using var row = new SqliteStatement(connection, $"""
            SELECT meter, item_id, payee_id, own_day, quantity, events FROM partial_totals
            WHERE run_id = ? AND {keys.Condition(ItemRanges.Key)} ORDER BY meter, item_id, payee_id, own_day
            """);
        row.Bind(1, runId);
        keys.Bind(row, 2);
        var sums = new List<UsageSum>();
        var (meter, item, payee) = (new RepeatedText(), new RepeatedText(), new RepeatedText());
        var (first, ownDay, quantity, events) = (0, -1, (Int128)0, 0L);
        for (var count = 0; row.Step(); count++)
        {
            if (count % RowsPerLook == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (row.Int32(3) != ownDay || !meter.Is(row.Bytes(0)) || !item.Is(row.Bytes(1)) || !payee.Is(row.Bytes(2)))
            {
                Add();
                if (meter.Read(row.Bytes(0)) | item.Read(row.Bytes(1)) | payee.Read(row.Bytes(2)))
                    first = sums.Count;
                (ownDay, quantity, events) = (row.Int32(3), 0, 0);
            }

            quantity += row.Type(4) == raw.SQLITE_INTEGER ? row.Int64(4) : AmountText.ParseWhole(row.Bytes(4));
            events += row.Int64(5);
        }

        Add();
        return sums;

        void Add()
        {
            if (ownDay < 0)
                return;
            var sum = new UsageSum(
                meter.Text, item.Text, payee.Text, ownDay == 0 ? day : DateOnly.FromDayNumber(ownDay), quantity, events);

            // What was carried to its own day belongs to what arrived on time.
            if (ownDay == day.DayNumber && first < sums.Count && sums[first].UsageDate == day)
                sums[first] = sums[first] with { Quantity = sums[first].Quantity + quantity, Events = sums[first].Events + events };
            else
                sums.Add(sum);
        }
    }
}
