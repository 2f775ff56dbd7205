using System.Globalization;
using Settlements.Stores;

namespace Settlements.DuckDb;

/// <summary>The payees of items as of a usage date, which are joined to the sums of the items.</summary>
internal sealed class PayeeHistorySql
{
    private readonly PayeeHistory _history;
    private readonly string _rows;

    /// <param name="relation">The relation, which has the columns of the history.</param>
    /// <param name="history">The history.</param>
    /// <param name="day">The usage date.</param>
    /// <param name="end">The end of the day, excluded.</param>
    public PayeeHistorySql(SourceRelation relation, PayeeHistory history, DateOnly day, DateTimeOffset end)
    {
        _history = history;
        var name = UsageJoin.NameOf(history.Table);
        var (item, from, payee) = (relation.Find(name, history.ItemColumn), relation.Find(name, history.FromColumn),
            relation.Find(name, history.PayeeColumn));
        _rows = $"SELECT {item.TextOf(item.Expression)} AS item, {payee.TextOf(payee.Expression)} AS payee, {Start(from)} AS start, "
            + $"{IsStarted(from, day, end)} AS started, {item.Expression} IS NOT NULL AND {Start(from)} IS NULL AS invalid FROM "
                + $"{Sql.Table(history.Table)}";
    }

    /// <summary>A query of the payee of each item.</summary>
    public string Payees => $"SELECT item, arg_max(payee, start) AS payee FROM ({_rows}) WHERE started GROUP BY item";

    /// <summary>Throws when an item has two payees from the same instant, or a row has no valid instant.</summary>
    public void Check(DuckDbSession session, SourceErrors errors)
    {
        session.Read($"SELECT item FROM ({_rows}) WHERE invalid LIMIT 1", row => throw errors.Of(
            $"table {_history.Table} has a row of item '{Shown(row, 0)}' whose {_history.FromColumn} is no instant and no date. Correct "
                + $"the row."));
        session.Read($"""
            SELECT item, CAST(start AS VARCHAR) FROM ({_rows}) WHERE item IS NOT NULL GROUP BY item, start HAVING count(*) > 1 LIMIT 1
            """, row => throw errors.Of(
            $"several rows of table {_history.Table} have {_history.ItemColumn} = {Shown(row, 0)}, "
                + $"{_history.FromColumn} = {Shown(row, 1)}, "
            + "so that the payee is ambiguous. Correct the rows."));
    }

    private static string Shown(DuckDB.NET.Data.DuckDBDataReader row, int column) =>
        row.IsDBNull(column) ? "null" : MessageText.Escape(row.GetString(column));

    private bool IsDateText(SourceColumn from) => _history.FromFormat == InstantFormat.Text && from.Type == "VARCHAR";

    /// <summary>The start as a value that sorts.</summary>
    private string Start(SourceColumn from) => from.Type == "DATE" ? from.Expression
        : IsDateText(from) ? $"CASE WHEN length({from.Expression}) = 10 THEN CAST(TRY_CAST({from.Expression} AS DATE) AS TIMESTAMPTZ) "
            + $"ELSE {from.Instant(_history.FromFormat)} END"
        : from.Microseconds(_history.FromFormat);

    /// <summary>Whether a row starts before the end of the day: a date by the business calendar, an instant in UTC.</summary>
    private string IsStarted(SourceColumn from, DateOnly day, DateTimeOffset end)
    {
        var date = string.Create(CultureInfo.InvariantCulture, $"DATE '{day:yyyy-MM-dd}'");
        var isBefore = $"{from.Instant(_history.FromFormat)} < {from.Bound(_history.FromFormat, end)}";
        return from.Type == "DATE" ? $"{from.Expression} <= {date}"
            : IsDateText(from) ? $"CASE WHEN length({from.Expression}) = 10 THEN TRY_CAST({from.Expression} AS DATE) <= {date} ELSE "
                + $"{isBefore} END"
            : isBefore;
    }
}
