using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>Writes lines.</summary>
/// <remarks>
/// The lines of one call are a range of the index by payee. A statement keeps its bound values, so values equal to those of the previous
/// line are not bound again.
/// </remarks>
internal static class LineRows
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(SqliteConnection connection, long runId, IReadOnlyList<SettlementLine> lines)
    {
        using var insert = new SqliteStatement(connection, """
            INSERT INTO settlement_lines (run_id, meter, item_id, payee_id, usage_date, kind, restates, quantity, events, counter_before,
                                          counter_after, rate_scope, rate_version, exact_amount, amount, currency, currency_digits,
                                          item_range)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, runId).Bind(7, "").Bind(18, NextRange(connection, runId));
        SettlementLine? before = null;
        foreach (var line in lines)
        {
            if (line.Meter != before?.Meter)
                insert.Bind(2, line.Meter);
            if (line.UsageDate != before?.UsageDate)
                insert.Bind(5, DayText.From(line.UsageDate));
            if (line.Restates != before?.Restates)
                insert.Bind(7, line.Restates?.ToString() ?? "");
            if (line.Kind != before?.Kind)
                insert.Bind(6, (int)line.Kind);
            insert.Bind(3, line.ItemId).Bind(4, line.PayeeId).Bind(8, line.Quantity).Bind(9, line.Events);
            BindPrice(insert, line.Price, before?.Price);
            insert.Run();
            before = line;
        }
    }

    private static long NextRange(SqliteConnection connection, long runId)
    {
        using var next = new SqliteStatement(
            connection,
            "SELECT coalesce(max(item_range), 0) + 1 FROM settlement_lines INDEXED BY settlement_lines_by_payee WHERE run_id = ?");
        next.Bind(1, runId).Step();
        return next.Int64(0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BindPrice(SqliteStatement insert, LinePrice? price, LinePrice? before)
    {
        if (price is null)
        {
            // Before the first priced line, the parameters are still null.
            for (var parameter = 10; before is not null && parameter <= 17; parameter++)
                insert.BindNull(parameter);
            return;
        }

        insert.Bind(10, price.CounterBefore).Bind(11, price.CounterAfter);
        if (price.RateScope != before?.RateScope)
            insert.Bind(12, price.RateScope);
        if (price.RateVersion != before?.RateVersion)
            insert.Bind(13, price.RateVersion);
        insert.BindAmount(14, price.ExactAmount).BindAmount(15, price.Amount);
        if (!ReferenceEquals(price.Currency, before?.Currency))
            insert.Bind(16, price.Currency.Code).Bind(17, price.Currency.MinorUnitDigits);
    }
}
