using System.Data.Common;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores proposals of corrections, with their approvals.</summary>
internal sealed class SqliteProposalStore(SqliteDatabase database, TimeProvider clock) : IProposalStore
{
    public Task<long> AddAsync(Proposal proposal, IReadOnlyList<RestatementEntry> entries, CancellationToken cancellationToken) =>
        database.WriteAsync(
        (connection, _) =>
        {
            var id = ProposalRows.Insert(connection, proposal);
            RestatementRows.Insert(connection, id, entries);
            return Task.FromResult(id);
        },
        cancellationToken);

    public Task<Proposal?> FindAsync(long proposalId, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(ProposalRows.Find(connection, proposalId));
    }

    public Task<IReadOnlyList<Proposal>> ListAsync(
        DbTransaction? transaction, ProposalKind? kind, ProposalState? state, int count, CancellationToken cancellationToken)
    {
        using var reader = transaction is null ? database.OpenReader() : null;
        return Task.FromResult<IReadOnlyList<Proposal>>(
            ProposalRows.List(reader ?? (SqliteConnection)transaction!.Connection!, kind, state, count));
    }

    public Task<bool> ApproveAsync(
        long proposalId, string by, IReadOnlyDictionary<DateOnly, int> revisions, IReadOnlyList<Adjustment> accepted,
        CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) => Task.FromResult(Approve(connection, proposalId, by, revisions, accepted)), isApproved => isApproved,
        cancellationToken);

    public Task<bool> ApproveAsync(
        long proposalId, string by, Func<DbTransaction, CancellationToken, Task> check, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (connection, transaction) =>
            {
                await check(transaction, cancellationToken).ConfigureAwait(false);
                return Approve(connection, proposalId, by, new Dictionary<DateOnly, int>(), []);
            },
            isApproved => isApproved, cancellationToken);

    public Task<bool> MoveAsync(
        DbTransaction? transaction, long proposalId, ProposalState from, ProposalState to, CancellationToken cancellationToken) =>
        transaction is null
            ? database.WriteAsync(
                (connection, _) => Task.FromResult(ProposalRows.Move(connection, proposalId, from, to)), cancellationToken)
            : Task.FromResult(ProposalRows.Move((SqliteConnection)transaction.Connection!, proposalId, from, to));

    /// <summary>Approves a proposal that is still proposed.</summary>
    /// <remarks>The write lock is held, so no close can start and no day can be adjusted before the transaction commits.</remarks>
    private bool Approve(
        SqliteConnection connection, long proposalId, string by, IReadOnlyDictionary<DateOnly, int> revisions,
        IReadOnlyList<Adjustment> accepted)
    {
        if (!ProposalRows.Move(connection, proposalId, ProposalState.Proposed, ProposalState.Approved))
            return false;
        using (var approve = new SqliteStatement(connection, """
            UPDATE proposals SET approved_by = ?, approved_at = ?,
                   posting_date = CASE kind WHEN 'restatement' THEN (SELECT date(max(day), '+1 day') FROM business_days) END
            WHERE proposal_id = ?
            """))
        {
            approve.Bind(1, by).Bind(2, UnixMicroseconds.From(clock.GetUtcNow())).Bind(3, proposalId).Execute();
        }

        // A restatement adjusts its days: of two restatements computed from the same lines, only one is approved.
        foreach (var (day, revision) in revisions)
        {
            if (!DayRevision.Advance(connection, day, revision))
                return false;
        }

        foreach (var day in accepted.GroupBy(a => a.UsageDate))
            SqliteAdjustmentStore.Insert(connection, day.Key, null, [.. day]);
        return true;
    }
}
