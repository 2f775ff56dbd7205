using System.Data.Common;

namespace Settlements.MySql;

/// <summary>Reads lines, reusing texts and currencies that repeat from row to row. Not thread-safe.</summary>
internal sealed class LineSelect
{
    public const string Columns =
        "t.meter, t.item_id, t.payee_id, t.usage_date, t.kind, t.restates, t.quantity, t.events, t.counter_before, t.counter_after, "
        + "t.rate_scope, t.rate_version, t.exact_amount, t.amount, t.currency, t.currency_digits";

    public const string OrderInMeter = "t.item_id, t.payee_id, t.usage_date, t.kind, t.restates";

    private Currency? _currency;
    private string _meter = "";
    private string _scope = "";
    private string _version = "";
    private string _code = "";

    /// <summary>Reads the line of a reader's current row, from a column on.</summary>
    public SettlementLine Read(DbDataReader reader, DateOnly postingDate, int first = 0)
    {
        var restates = reader.Text(first + 5);
        return new SettlementLine(
            postingDate, (LineKind)reader.GetInt32(first + 4), reader.Day(first + 3), reader.Text(first, ref _meter),
            reader.Text(first + 1),
            reader.Text(first + 2), reader.GetInt64(first + 6), reader.GetInt64(first + 7), ReadPrice(reader, first + 8),
            restates.Length == 0 ? null : RestatedLine.Parse(restates));
    }

    private LinePrice? ReadPrice(DbDataReader reader, int first)
    {
        if (reader.IsDBNull(first))
            return null;
        var digits = reader.GetInt32(first + 7);
        var code = reader.Text(first + 6, ref _code);
        if (_currency is null || _currency.Code != code || _currency.MinorUnitDigits != digits)
            _currency = Currency.OfLine(code, digits);
        return new LinePrice(
            reader.GetInt64(first), reader.GetInt64(first + 1), reader.Text(first + 2, ref _scope), reader.Text(first + 3, ref _version),
            reader.Amount(first + 4), reader.Amount(first + 5), _currency);
    }
}
