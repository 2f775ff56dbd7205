using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of proposals: corrections that await approval or are approved.</summary>
internal sealed class MySqlProposalStore(MySqlDatabase database, TimeProvider clock) : IProposalStore
{
    private readonly BulkInsert _bulk = new(database.Server, database.Location, database.Options.CommandTimeout);

    public Task<long> AddAsync(Proposal proposal, IReadOnlyList<RestatementEntry> entries, CancellationToken cancellationToken)
    {
        var isRepeated = false;
        return database.WriteAsync(
            async (_, transaction) =>
            {
                if (isRepeated && await ProposalRows.FindAsync(transaction, proposal, cancellationToken)
                    .ConfigureAwait(false) is { } existing)
                    return existing;
                isRepeated = true;
                var id = await ProposalRows.InsertAsync(transaction, proposal, cancellationToken).ConfigureAwait(false);
                await RestatementRows.InsertAsync(_bulk, transaction, id, entries, cancellationToken).ConfigureAwait(false);
                return id;
            },
            cancellationToken);
    }

    public Task<Proposal?> FindAsync(long proposalId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ProposalRows.FindAsync(connection, proposalId, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Proposal>> ListAsync(
        DbTransaction? transaction, ProposalKind? kind, ProposalState? state, int count, CancellationToken cancellationToken) =>
            database.ReadAsync(
        transaction, (connection, active) => ProposalRows.ListAsync(connection, active, kind, state, count, cancellationToken),
        cancellationToken);

    public Task<bool> ApproveAsync(
        long proposalId, string by, IReadOnlyDictionary<DateOnly, int> revisions, IReadOnlyList<Adjustment> accepted,
        CancellationToken cancellationToken)
    {
        var now = Sql.Instant(clock.GetUtcNow());
        return database.WriteAsync(
            async (connection, transaction) =>
                await IsApprovedAsync(connection, transaction, proposalId, by, now, cancellationToken).ConfigureAwait(false)
                || await ApproveAsync(connection, transaction, proposalId, by, now, revisions, accepted, cancellationToken)
                    .ConfigureAwait(false),
            isApproved => isApproved, cancellationToken);
    }

    public Task<bool> ApproveAsync(
        long proposalId, string by, Func<DbTransaction, CancellationToken, Task> check, CancellationToken cancellationToken)
    {
        var now = Sql.Instant(clock.GetUtcNow());
        return database.WriteAsync(
            async (connection, transaction) =>
            {
                if (await IsApprovedAsync(connection, transaction, proposalId, by, now, cancellationToken).ConfigureAwait(false))
                    return true;
                await WriterLock.AcquireSharedAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
                await check(transaction, cancellationToken).ConfigureAwait(false);
                return await ApproveAsync(
                    connection, transaction, proposalId, by, now, new Dictionary<DateOnly, int>(), [], cancellationToken)
                    .ConfigureAwait(false);
            },
            isApproved => isApproved, cancellationToken);
    }

    public Task<bool> MoveAsync(
        DbTransaction? transaction, long proposalId, ProposalState from, ProposalState to, CancellationToken cancellationToken) =>
        transaction is null
            ? database.WriteAsync((_, active) => ProposalRows.MoveAsync(active, proposalId, from, to, cancellationToken), cancellationToken)
            : ProposalRows.MoveAsync((MySqlTransaction)transaction, proposalId, from, to, cancellationToken);

    /// <summary>
    /// Returns whether an earlier attempt of this call approved the proposal, and only the answer to its commit was lost.
    /// </summary>
    private static async Task<bool> IsApprovedAsync(
        MySqlConnection connection, MySqlTransaction transaction, long proposalId, string by, DateTime now,
        CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT count(*) FROM proposals WHERE proposal_id = @proposalId AND approved_by = @by AND approved_at = @now FOR UPDATE",
            new { proposalId, by, now }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false) == 1;

    private async Task<bool> ApproveAsync(
        MySqlConnection connection, MySqlTransaction transaction, long proposalId, string by, DateTime now, IReadOnlyDictionary<DateOnly,
        int> revisions,
        IReadOnlyList<Adjustment> accepted, CancellationToken cancellationToken)
    {
        // The writer lock is held, so no day can start closing before the commit.
        await WriterLock.AcquireSharedAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        if (!await ProposalRows.MoveAsync(transaction, proposalId, ProposalState.Proposed, ProposalState.Approved, cancellationToken)
            .ConfigureAwait(false))
            return false;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE proposals SET approved_by = @by, approved_at = @now,
                   posting_date = IF(kind = 'restatement', (SELECT max(day) + INTERVAL 1 DAY FROM business_days), NULL)
            WHERE proposal_id = @proposalId
            """,
            new { proposalId, by, now }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);

        // A restatement adjusts the day: of two that were computed from the same lines, only one is approved.
        foreach (var (day, revision) in revisions.OrderBy(r => r.Key))
        {
            if (!await DayRevision.AdvanceAsync(connection, transaction, day, revision, cancellationToken).ConfigureAwait(false))
                return false;
        }

        foreach (var day in accepted.GroupBy(a => a.UsageDate))
            await AdjustmentRows.InsertAsync(_bulk, transaction, day.Key, null, [.. day], cancellationToken).ConfigureAwait(false);
        return true;
    }
}
