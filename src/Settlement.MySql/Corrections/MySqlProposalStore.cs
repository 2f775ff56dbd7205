using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlement.Corrections;
using Settlement.MySql.Connections;

namespace Settlement.MySql.Corrections;

/// <summary>Corrections that wait for an approval, or have it.</summary>
internal sealed class MySqlProposalStore(MySqlDatabase database, MySqlAdjustmentStore adjustments, TimeProvider clock) : IProposalStore
{
    private static readonly BulkTable Entries = BulkTable.Of(
        "restatement_entries", "proposal_id", "entry", "meter", "item_id", "payee_id", "usage_date", "restates", "quantity", "events", "old_scope",
        "old_version", "new_scope", "new_version", "units", "old_exact", "new_exact", "old_amount", "new_amount");

    private readonly BulkInsert _bulk = new(database.Server, database.Place, database.Options.CommandTimeout);

    public Task<long> AddAsync(Proposal proposal, IReadOnlyList<RestatementEntry> entries, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (connection, transaction) =>
            {
                var id = await ProposalRows.InsertAsync(connection, transaction, proposal, cancellationToken).ConfigureAwait(false);
                var rows = new ListRows<(int Number, RestatementEntry Entry)>(
                    [.. entries.Index()], (row, one) => Write(row, one.Number, one.Entry));
                await _bulk.WriteAllAsync(
                    connection, transaction, Entries.With(("proposal_id", Sql.Literal(id))), rows, entries.Count, cancellationToken).ConfigureAwait(false);
                return id;
            },
            cancellationToken);

    public Task<Proposal?> FindAsync(long proposalId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ProposalRows.FindAsync(connection, proposalId, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Proposal>> ListAsync(
        DbTransaction? transaction, ProposalKind? kind, ProposalState? state, int count, CancellationToken cancellationToken) => transaction is null
        ? database.ReadAsync(connection => ProposalRows.ListAsync(connection, null, kind, state, count, cancellationToken), cancellationToken)
        : ProposalRows.ListAsync(
            (MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction, kind, state, count, cancellationToken);

    public Task<bool> ApproveAsync(
        long proposalId, string by, IReadOnlyDictionary<DateOnly, int> revisions, IReadOnlyList<Adjustment> accepted,
        CancellationToken cancellationToken) => database.WriteOnceAsync(
        (connection, transaction) => ApproveAsync(connection, transaction, proposalId, by, revisions, accepted, cancellationToken),
        isApproved => isApproved, cancellationToken);

    public Task<bool> MoveAsync(
        DbTransaction? transaction, long proposalId, ProposalState from, ProposalState to, CancellationToken cancellationToken) => transaction is null
        ? database.WriteAsync(
            (connection, own) => ProposalRows.MoveAsync(connection, own, proposalId, from, to, cancellationToken), cancellationToken)
        : ProposalRows.MoveAsync(
            (MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction, proposalId, from, to, cancellationToken);

    private async Task<bool> ApproveAsync(
        MySqlConnection connection, MySqlTransaction transaction, long proposalId, string by, IReadOnlyDictionary<DateOnly, int> revisions,
        IReadOnlyList<Adjustment> accepted, CancellationToken cancellationToken)
    {
        // The gate is held, so no day can begin to close before this is committed.
        await Gates.EnterAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        if (!await ProposalRows.MoveAsync(
            connection, transaction, proposalId, ProposalState.Proposed, ProposalState.Approved, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE proposals SET approved_by = @by, approved_at = @now,
                   posting_date = IF(kind = 'restatement', (SELECT max(day) + INTERVAL 1 DAY FROM business_days), NULL)
            WHERE proposal_id = @proposalId
            """,
            new { proposalId, by, now = Sql.Instant(clock.GetUtcNow()) }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);

        // A restatement of a day is an adjustment of it: of two that were computed from the same lines, one is approved.
        foreach (var (day, revision) in revisions.OrderBy(r => r.Key))
        {
            if (await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE business_days SET revision = revision + 1 WHERE day = @day AND state = 'published' AND revision = @revision",
                new { day = Sql.Day(day), revision }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false) != 1)
            {
                return false;
            }
        }

        foreach (var day in accepted.GroupBy(a => a.UsageDate))
            await adjustments.InsertAsync(connection, transaction, day.Key, null, [.. day], cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static void Write(RowBuffer row, int number, RestatementEntry entry)
    {
        row.Int64(number);
        row.Text(entry.Meter);
        row.Text(entry.ItemId);
        row.Text(entry.PayeeId);
        row.Day(entry.UsageDate);
        row.Text(entry.Restates.ToString());
        row.Int64(entry.Quantity);
        row.Int64(entry.Events);
        if (entry.Price is not { } price)
        {
            for (var i = 0; i < 9; i++)
                row.Null();
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
