using System.Collections.Concurrent;
using System.Data.Common;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Reads the rates of all origins. The content of a proposal never changes, so each is parsed once; and while no version is added, the
/// combined rates are the same instance. Thread-safe.
/// </summary>
internal sealed class RateReader(IProposalStore proposals, IRateSource? source, SettlementPlan plan)
{
    private readonly ConcurrentDictionary<long, StoredRate> _parsed = [];
    private volatile Cached? _last;
    private long _parsedCount;

    /// <summary>The number of proposals that were parsed; for tests.</summary>
    public long ParsedCount => Interlocked.Read(ref _parsedCount);

    public Task<MergedRates> ReadAsync(CancellationToken cancellationToken) => ReadAsync(null, null, cancellationToken);

    /// <summary>Reads the rates.</summary>
    /// <param name="transaction">The transaction in which the store's versions are read; null for none.</param>
    /// <param name="fromSource">The rates of the application's source, read before; null to read them.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<MergedRates> ReadAsync(
        DbTransaction? transaction, IReadOnlyList<MeterRates>? fromSource, CancellationToken cancellationToken)
    {
        fromSource ??= await ReadSourceAsync(cancellationToken).ConfigureAwait(false);
        var stored = await ListAsync(transaction, ProposalState.Approved, cancellationToken).ConfigureAwait(false);
        if (_last is { } last && last.Matches(fromSource, stored))
            return last.Merged;
        var merged = RateMerger.Merge(plan, fromSource, stored);
        _last = new Cached(fromSource, stored, merged);
        return merged;
    }

    /// <summary>Reads the rates of the application's source; empty without one.</summary>
    public async Task<IReadOnlyList<MeterRates>> ReadSourceAsync(CancellationToken cancellationToken) =>
        source is null ? [] : await source.ReadAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Returns the stored versions and ends in a state, oldest first; at most one if the store's rates are not used.</summary>
    public async Task<IReadOnlyList<StoredRate>> ListAsync(
        DbTransaction? transaction, ProposalState state, CancellationToken cancellationToken)
    {
        var count = plan.RatesFromStore ? int.MaxValue : 1;
        var found = await proposals.ListAsync(transaction, ProposalKind.RateVersion, state, count, cancellationToken).ConfigureAwait(false);
        var rates = new List<StoredRate>(found.Count);
        for (var i = found.Count - 1; i >= 0; i--)
            rates.Add(Parsed(found[i]));
        return rates;
    }

    private StoredRate Parsed(Proposal proposal)
    {
        if (_parsed.TryGetValue(proposal.ProposalId, out var known) && known.Proposal.State == proposal.State)
            return known;

        // An approval changes the proposal, and not its content.
        var rate = known is not null && known.Proposal.Content == proposal.Content ? known with { Proposal = proposal } : Parse(proposal);
        _parsed[proposal.ProposalId] = rate;
        return rate;
    }

    private StoredRate Parse(Proposal proposal)
    {
        Interlocked.Increment(ref _parsedCount);
        return StoredRate.Parse(proposal);
    }

    private sealed record Cached(IReadOnlyList<MeterRates> Source, IReadOnlyList<StoredRate> Stored, MergedRates Merged)
    {
        public bool Matches(IReadOnlyList<MeterRates> source, IReadOnlyList<StoredRate> stored) =>
            Source.SequenceEqual(source) && Stored.SequenceEqual(stored, ReferenceEqualityComparer.Instance);
    }
}
