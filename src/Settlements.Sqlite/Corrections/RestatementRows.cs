using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Reads and writes rows of the table <c>restatement_entries</c>.</summary>
internal static class RestatementRows
{
    public const string Columns =
        "e.restates, e.meter, e.item_id, e.payee_id, e.usage_date, e.quantity, e.events, e.old_scope, e.old_version, "
        + "e.new_scope, e.new_version, e.units, e.old_exact, e.new_exact, e.old_amount, e.new_amount";

    public static void Insert(SqliteConnection connection, long proposalId, IReadOnlyList<RestatementEntry> entries)
    {
        if (entries.Count == 0)
            return;
        using var insert = new SqliteStatement(connection, """
            INSERT INTO restatement_entries (proposal_id, entry, meter, item_id, payee_id, usage_date, restates, quantity, events,
                                             old_scope, old_version, new_scope, new_version, units, old_exact, new_exact, old_amount,
                                             new_amount)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, proposalId);
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, price) = (entries[i], entries[i].Price);
            insert.Bind(2, i).Bind(3, entry.Meter).Bind(4, entry.ItemId).Bind(5, entry.PayeeId).Bind(6, DayText.From(entry.UsageDate))
                .Bind(7, entry.Restates.ToString()).Bind(8, entry.Quantity).Bind(9, entry.Events).Bind(10, price?.OldScope)
                .Bind(11, price?.OldVersion)
                .Bind(12, price?.NewScope).Bind(13, price?.NewVersion).Bind(14, price?.Units).BindAmount(15, price?.OldExact)
                .BindAmount(16, price?.NewExact).BindAmount(17, price?.OldAmount).BindAmount(18, price?.NewAmount).Execute();
        }
    }

    /// <summary>Reads an entry from a row whose columns are <see cref="Columns"/>.</summary>
    public static RestatementEntry Read(SqliteStatement row) => new(
        RestatedLine.Parse(row.Text(0))
            ?? throw new InvalidOperationException(
                $"Table restatement_entries: restates is '{row.Text(0)}', which identifies no line. The row was changed outside the "
                + "library. Restore the table from a backup."),
        row.Text(1), row.Text(2), row.Text(3), DayText.Parse(row.Text(4)), row.Int64(5), row.Int64(6),
        row.IsNull(8) ? null : new RestatedPrice(
            row.Text(7), row.Text(8), row.Text(9), row.Text(10), row.Int64(11), AmountText.Parse(row.Bytes(12)),
            AmountText.Parse(row.Bytes(13)),
            AmountText.Parse(row.Bytes(14)), AmountText.Parse(row.Bytes(15))));
}
