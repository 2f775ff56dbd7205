using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Computes the totals of a run's rows, in one pass over its lines: amounts are decimals, which SQLite can't sum.</summary>
internal static class RunChecks
{
    /// <summary>Rows read between two checks for cancellation.</summary>
    private const int CancellationCheckInterval = 4096;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static RunCheck Count(SqliteConnection connection, long runId, CancellationToken cancellationToken)
    {
        var lines = new Dictionary<(string Meter, LineKind Kind, string UsageDate), LineSum>();
        var amounts = new Dictionary<(string Meter, string Scope, string Version, string Currency), AmountSum>();
        using var row = new SqliteStatement(connection, """
            SELECT meter, usage_date, kind, quantity, events, counter_before, counter_after, rate_scope, rate_version, exact_amount, amount,
                   currency
            FROM settlement_lines WHERE run_id = ?
            """);
        row.Bind(1, runId);
        var (meter, usageDate) = (new RepeatedText(), new RepeatedText());
        var (scope, version, currency) = (new RepeatedText(), new RepeatedText(), new RepeatedText());
        var (sum, amount, kind) = ((LineSum?)null, (AmountSum?)null, 0);
        for (var count = 0; row.Step(); count++)
        {
            if (count % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();

            // Nearly all consecutive lines have the same meter, kind, usage date and version.
            var isOtherMeter = meter.Read(row.Bytes(0));
            if (usageDate.Read(row.Bytes(1)) | isOtherMeter | kind != row.Int32(2))
            {
                kind = row.Int32(2);
                sum = Find(lines, (meter.Text, (LineKind)kind, usageDate.Text));
                amount = isOtherMeter ? null : amount;
            }

            var isPriced = !row.IsNull(5);
            sum!.Add(row.Int64(3), row.Int64(4), isPriced ? (Int128)row.Int64(6) - row.Int64(5) : 0, isPriced);
            if (!isPriced)
                continue;
            if (scope.Read(row.Bytes(7)) | version.Read(row.Bytes(8)) | currency.Read(row.Bytes(11)) || amount is null)
                amount = Find(amounts, (meter.Text, scope.Text, version.Text, currency.Text));
            amount.Add(AmountText.Parse(row.Bytes(9)), AmountText.Parse(row.Bytes(10)));
        }

        return new RunCheck(
            [.. lines.OrderBy(l => l.Key.Meter, Utf8Order.Instance).ThenBy(l => l.Key.Kind)
                .ThenBy(l => l.Key.UsageDate, StringComparer.Ordinal)
                .Select(l => l.Value.ToCheck(l.Key.Meter, l.Key.Kind, DayText.Parse(l.Key.UsageDate)))],
            SumQuarantined(connection, runId), CountIndexedLines(connection, runId),
            [.. amounts.OrderBy(a => a.Key.Meter, Utf8Order.Instance).ThenBy(a => a.Key.Scope, Utf8Order.Instance)
                .ThenBy(a => a.Key.Version, Utf8Order.Instance).ThenBy(a => a.Key.Currency, StringComparer.Ordinal)
                .Select(a => new VersionAmount(
                    a.Key.Meter, a.Key.Scope, a.Key.Version, a.Key.Currency, a.Value.Lines, a.Value.Exact, a.Value.Amount))],
            PayeeCheck.Of(PayeeSumRows.Read(connection, runId)));
    }

    /// <summary>Counts the lines in the index by payee, which statements of a payee are read by.</summary>
    private static long CountIndexedLines(SqliteConnection connection, long runId)
    {
        using var count = new SqliteStatement(
            connection, "SELECT count(*) FROM settlement_lines INDEXED BY settlement_lines_by_payee WHERE run_id = ?");
        count.Bind(1, runId).Step();
        return count.Int64(0);
    }

    private static List<ControlTotal> SumQuarantined(SqliteConnection connection, long runId)
    {
        var sums = new SortedDictionary<string, (long Sums, long Events, Int128 Quantity)>(Utf8Order.Instance);
        using var row = new SqliteStatement(connection, "SELECT meter, events, quantity FROM quarantined_usage WHERE run_id = ?");
        row.Bind(1, runId);
        while (row.Step())
        {
            var meter = row.Text(0);
            var (count, events, quantity) = sums.GetValueOrDefault(meter);
            sums[meter] = (count + 1, events + row.Int64(1), quantity + AmountText.ParseInteger(row.Bytes(2)));
        }

        return [.. sums.Select(s => new ControlTotal(s.Key, s.Value.Events, (decimal)s.Value.Quantity) { Sums = s.Value.Sums })];
    }

    private static TSum Find<TKey, TSum>(Dictionary<TKey, TSum> sums, TKey key)
        where TKey : notnull
        where TSum : new()
    {
        if (!sums.TryGetValue(key, out var found))
            sums.Add(key, found = new TSum());
        return found;
    }

    private sealed class LineSum
    {
        private long _lines;
        private long _priced;
        private Int128 _events;
        private Int128 _quantity;
        private Int128 _counted;

        public void Add(long quantity, long events, Int128 counted, bool isPriced)
        {
            _lines++;
            _priced += isPriced ? 1 : 0;
            _events += events;
            _quantity += quantity;
            _counted += counted;
        }

        public LineCheck ToCheck(string meter, LineKind kind, DateOnly usageDate) =>
            new(meter, kind, usageDate, _lines, (decimal)_events, (decimal)_quantity, (decimal)_counted, _priced);
    }

    private sealed class AmountSum
    {
        public long Lines { get; private set; }

        public decimal Exact { get; private set; }

        public decimal Amount { get; private set; }

        public void Add(decimal exact, decimal amount)
        {
            Lines++;
            Exact += exact;
            Amount += amount;
        }
    }
}
