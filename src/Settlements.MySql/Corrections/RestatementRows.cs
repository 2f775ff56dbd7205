using System.Data.Common;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Rows of the table restatement_entries.</summary>
internal static class RestatementRows
{
    public const string Columns = "e.restates, e.meter, e.item_id, e.payee_id, e.usage_date, e.quantity, e.events, e.old_scope, "
        + "e.old_version, e.new_scope, "
        + "e.new_version, e.units, e.old_exact, e.new_exact, e.old_amount, e.new_amount";

    private static readonly BulkTable Table = BulkTable.Of(
        "restatement_entries", "proposal_id", "entry", "restates", "meter", "item_id", "payee_id", "usage_date", "quantity", "events",
        "old_scope",
        "old_version", "new_scope", "new_version", "units", "old_exact", "new_exact", "old_amount", "new_amount");

    public static Task InsertAsync(
        BulkInsert bulk, MySqlTransaction transaction, long proposalId, IReadOnlyList<RestatementEntry> entries,
        CancellationToken cancellationToken)
    {
        var number = 0;
        var rows = new ListRows<RestatementEntry>(entries, (row, entry) =>
        {
            // A second attempt restarts with the first row.
            number = ReferenceEquals(entry, entries[0]) ? 0 : number + 1;
            row.Int64(number);
            Write(row, entry);
        });
        return bulk.WriteAllAsync(
            transaction.Connection!, transaction, Table.With(("proposal_id", Sql.Literal(proposalId))), rows, entries.Count,
            cancellationToken);
    }

    /// <summary>Reads an entry from a row of <see cref="Columns"/>.</summary>
    public static RestatementEntry Read(DbDataReader reader) => new(
        RestatedLine.Parse(reader.Text(0))
            ?? throw new InvalidOperationException(
                "A row of restatement_entries names no line. It was changed manually: restore the table from a backup."),
        reader.Text(1), reader.Text(2), reader.Text(3), reader.Day(4), reader.GetInt64(5), reader.GetInt64(6),
        reader.IsDBNull(8)
            ? null
            : new RestatedPrice(
                reader.Text(7), reader.Text(8), reader.Text(9), reader.Text(10), reader.GetInt64(11), reader.Amount(12), reader.Amount(13),
                reader.Amount(14), reader.Amount(15)));

    private static void Write(RowBuffer row, RestatementEntry entry)
    {
        row.Text(entry.Restates.ToString());
        row.Text(entry.Meter);
        row.Text(entry.ItemId);
        row.Text(entry.PayeeId);
        row.Day(entry.UsageDate);
        row.Int64(entry.Quantity);
        row.Int64(entry.Events);
        if (entry.Price is not { } price)
        {
            row.Nulls(9);
            return;
        }

        row.Text(price.OldScope);
        row.Text(price.OldVersion);
        row.Text(price.NewScope);
        row.Text(price.NewVersion);
        row.Int64(price.Units);
        row.Decimal(price.OldExact);
        row.Decimal(price.NewExact);
        row.Decimal(price.OldAmount);
        row.Decimal(price.NewAmount);
    }
}
