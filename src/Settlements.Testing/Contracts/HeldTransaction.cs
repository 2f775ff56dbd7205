using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>
/// Holds the first transaction of an approval, or of a publication, between its checks and its commit, until it is released.
/// </summary>
internal sealed class HeldTransaction
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the transaction is held.</summary>
    public Task Held => _held.Task;

    public void Release() => _released.TrySetResult();

    public void HoldApproval(IServiceCollection services) =>
        StoreReadCounter.Wrap<IProposalStore>(services, store => new ProposalStore(store, this));

    public void HoldPublication(IServiceCollection services) =>
        StoreReadCounter.Wrap<IDayStore>(services, store => new DayStore(store, this));

    private Task HoldAsync(CancellationToken cancellationToken)
    {
        _held.TrySetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }

    private sealed class ProposalStore(IProposalStore store, HeldTransaction held) : IProposalStore
    {
        public Task<long> AddAsync(Proposal proposal, IReadOnlyList<RestatementEntry> entries, CancellationToken cancellationToken) =>
            store.AddAsync(proposal, entries, cancellationToken);

        public Task<Proposal?> FindAsync(long proposalId, CancellationToken cancellationToken) =>
            store.FindAsync(proposalId, cancellationToken);

        public Task<IReadOnlyList<Proposal>> ListAsync(
            DbTransaction? transaction, ProposalKind? kind, ProposalState? state, int count, CancellationToken cancellationToken) =>
            store.ListAsync(transaction, kind, state, count, cancellationToken);

        public Task<bool> ApproveAsync(
            long proposalId, string by, IReadOnlyDictionary<DateOnly, int> revisions, IReadOnlyList<Adjustment> accepted,
            CancellationToken cancellationToken) =>
            store.ApproveAsync(proposalId, by, revisions, accepted, cancellationToken);

        public Task<bool> ApproveAsync(
            long proposalId, string by, Func<DbTransaction, CancellationToken, Task> check, CancellationToken cancellationToken) =>
            store.ApproveAsync(
                proposalId, by,
                async (transaction, token) =>
                {
                    await check(transaction, token);
                    await held.HoldAsync(token);
                },
                cancellationToken);

        public Task<bool> MoveAsync(
            DbTransaction? transaction, long proposalId, ProposalState from, ProposalState to, CancellationToken cancellationToken) =>
            store.MoveAsync(transaction, proposalId, from, to, cancellationToken);
    }

    private sealed class DayStore(IDayStore store, HeldTransaction held) : IDayStore
    {
        public Task<BusinessDay?> FindLastAsync(CancellationToken cancellationToken) => store.FindLastAsync(cancellationToken);

        public Task<IReadOnlyList<BusinessDay>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken) =>
            store.ListAsync(transaction, cancellationToken);

        public Task<BusinessDay> BeginClosingAsync(DateOnly day, UtcRange range, string calendar, CancellationToken cancellationToken) =>
            store.BeginClosingAsync(day, range, calendar, cancellationToken);

        public Task LockPublicationAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
            store.LockPublicationAsync(transaction, cancellationToken);

        public async Task PublishAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken)
        {
            // All checks precede this call.
            await held.HoldAsync(cancellationToken);
            await store.PublishAsync(transaction, day, runId, cancellationToken);
        }
    }
}
