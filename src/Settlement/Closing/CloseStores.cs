using Settlement.BillableEvents;
using Settlement.BusinessDays;
using Settlement.Corrections;
using Settlement.Counters;
using Settlement.Lines;
using Settlement.Pipelines;
using Settlement.Rankings;
using Settlement.Sums;

namespace Settlement.Closing;

/// <summary>The ports that a close works on.</summary>
internal sealed record CloseStores(
    IDayStore Days, ISumStore Sums, ILineStore Lines, ICounterStore Counters, IRecordedRateStore Rates, IRecordedSourceStore Sources,
    IAdjustmentStore Adjustments, IRestatementStore Restatements, IProposalStore Proposals, IRankingStore Rankings, IRunStore Runs,
    UsageSources UsageSources);
