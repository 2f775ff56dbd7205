namespace Settlements.Sqlite;

/// <summary>Reads lines from the rows of a statement. Values equal to those of the previous row are not parsed again.</summary>
internal sealed class LineReader(SqliteStatement row)
{
    /// <summary>The columns that follow the posting date, which is the first column.</summary>
    public const string Columns =
        "t.meter, t.item_id, t.payee_id, t.usage_date, t.kind, t.restates, t.quantity, t.events, t.counter_before, "
        + "t.counter_after, t.rate_scope, t.rate_version, t.exact_amount, t.amount, t.currency, t.currency_digits";

    public const string Order = "t.meter, t.item_id, t.payee_id, t.usage_date, t.kind, t.restates";

    private readonly RepeatedText _posting = new();
    private readonly RepeatedText _meter = new();
    private readonly RepeatedText _item = new();
    private readonly RepeatedText _usage = new();
    private readonly RepeatedText _scope = new();
    private readonly RepeatedText _version = new();
    private readonly RepeatedText _code = new();
    private DateOnly _postingDate;
    private DateOnly _usageDate;
    private Currency? _currency;

    public SettlementLine Read()
    {
        if (_posting.Read(row.Bytes(0)))
            _postingDate = DayText.Parse(_posting.Text);
        if (_usage.Read(row.Bytes(4)))
            _usageDate = DayText.Parse(_usage.Text);
        _meter.Read(row.Bytes(1));
        _item.Read(row.Bytes(2));
        return new SettlementLine(
            _postingDate, (LineKind)row.Int32(5), _usageDate, _meter.Text, _item.Text, row.Text(3), row.Int64(7), row.Int64(8), Price(),
            row.Bytes(6).IsEmpty ? null : RestatedLine.Parse(row.Text(6)));
    }

    private LinePrice? Price()
    {
        if (row.IsNull(9))
            return null;
        _scope.Read(row.Bytes(11));
        _version.Read(row.Bytes(12));
        var digits = row.Int32(16);
        if (_code.Read(row.Bytes(15)) || _currency?.MinorUnitDigits != digits)
            _currency = Currency.OfLine(_code.Text, digits);
        return new LinePrice(
            row.Int64(9), row.Int64(10), _scope.Text, _version.Text, AmountText.Parse(row.Bytes(13)), AmountText.Parse(row.Bytes(14)),
            _currency);
    }
}
