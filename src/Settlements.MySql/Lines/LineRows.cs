using System.Runtime.CompilerServices;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Lines as rows of a bulk insert. A column with the same value in all lines of a chunk, in most cases meter, usage date and rate, is sent
/// once, as a constant, which saves sending and parsing it.
/// </summary>
internal sealed class LineRows : IRowSource
{
    private static readonly BulkTable Columns = BulkTable.Of(
        "settlement_lines", "run_id", "meter", "item_id", "payee_id", "usage_date", "kind", "restates", "quantity", "events",
        "counter_before", "counter_after",
        "rate_scope", "rate_version", "exact_amount", "amount", "currency", "currency_digits");

    private readonly IReadOnlyList<SettlementLine> _lines;
    private readonly bool _hasOneMeter;
    private readonly bool _hasOneDate;
    private readonly bool _hasOneKind;
    private readonly bool _hasOneRate;
    private readonly bool _isUnpriced;
    private int _next;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private LineRows(long runId, IReadOnlyList<SettlementLine> lines)
    {
        _lines = lines;
        var first = lines[0];
        (_hasOneMeter, _hasOneDate, _hasOneKind, _hasOneRate, _isUnpriced) = (true, true, true, true, true);
        foreach (var line in lines)
        {
            _hasOneMeter &= line.Meter == first.Meter;
            _hasOneDate &= line.UsageDate == first.UsageDate;
            _hasOneKind &= line.Kind == first.Kind && line.Restates is null;
            _isUnpriced &= line.Price is null;
            _hasOneRate &= HasRateOf(line, first);
        }

        Table = Columns.With(("run_id", Sql.Literal(runId)));
        if (_hasOneMeter)
            Table = Table.With(("meter", Sql.Literal(first.Meter)));
        if (_hasOneDate)
            Table = Table.With(("usage_date", Sql.Literal(first.UsageDate)));
        if (_hasOneKind)
            Table = Table.With(("kind", Sql.Literal((int)first.Kind)), ("restates", "''"));
        if (_isUnpriced)
            Table = Table.With(("counter_before", "NULL"), ("counter_after", "NULL"), ("exact_amount", "NULL"), ("amount", "NULL"));
        if (_hasOneRate)
            Table = WithRate(first.Price);
    }

    private BulkTable Table { get; set; }

    public static Task WriteAsync(
        BulkInsert bulk, MySqlTransaction transaction, long runId, IReadOnlyList<SettlementLine> lines, CancellationToken cancellationToken)
    {
        if (lines.Count == 0)
            return Task.CompletedTask;
        var rows = new LineRows(runId, lines);
        return bulk.WriteAllAsync(transaction.Connection!, transaction, rows.Table, rows, lines.Count, cancellationToken);
    }

    public void Reset() => _next = 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryWrite(RowBuffer rows)
    {
        if (_next == _lines.Count)
            return false;
        Write(rows, _lines[_next++]);
        rows.EndRow();
        return true;
    }

    private static bool HasRateOf(SettlementLine line, SettlementLine first) => line.Price is { } price
        ? first.Price is { } other && price.RateVersion == other.RateVersion && price.RateScope == other.RateScope
            && price.Currency.Equals(other.Currency)
        : first.Price is null;

    private BulkTable WithRate(LinePrice? price) => price is null
        ? Table.With(("rate_scope", "NULL"), ("rate_version", "NULL"), ("currency", "NULL"), ("currency_digits", "NULL"))
        : Table.With(
            ("rate_scope", Sql.Literal(price.RateScope)), ("rate_version", Sql.Literal(price.RateVersion)),
            ("currency", Sql.Literal(price.Currency.Code)), ("currency_digits", Sql.Literal(price.Currency.MinorUnitDigits)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(RowBuffer row, SettlementLine line)
    {
        if (!_hasOneMeter)
            row.Text(line.Meter);
        row.Text(line.ItemId);
        row.Text(line.PayeeId);
        if (!_hasOneDate)
            row.Day(line.UsageDate);
        if (!_hasOneKind)
        {
            row.Int64((int)line.Kind);
            row.Text(line.Restates?.ToString() ?? "");
        }

        row.Int64(line.Quantity);
        row.Int64(line.Events);
        if (line.Price is { } price)
            WritePrice(row, price);
        else
            row.Nulls((_isUnpriced ? 0 : 4) + (_hasOneRate ? 0 : 4));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WritePrice(RowBuffer row, LinePrice price)
    {
        row.Int64(price.CounterBefore);
        row.Int64(price.CounterAfter);
        if (!_hasOneRate)
        {
            row.Text(price.RateScope);
            row.Text(price.RateVersion);
        }

        row.Decimal(price.ExactAmount);
        row.Decimal(price.Amount);
        if (!_hasOneRate)
        {
            row.Text(price.Currency.Code);
            row.Int64(price.Currency.MinorUnitDigits);
        }
    }
}
