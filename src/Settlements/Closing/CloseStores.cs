using Settlements.Stores;

namespace Settlements;

/// <summary>The stores that a close uses.</summary>
internal sealed record CloseStores(
    IDayStore Days, ISumStore Sums, ILineStore Lines, ICounterStore Counters, IRecordedRateStore Rates, IRecordedSourceStore Sources,
    IAdjustmentStore Adjustments, IRestatementStore Restatements, IProposalStore Proposals, IRankingStore Rankings, IRunStore Runs,
    UsageSources UsageSources);
