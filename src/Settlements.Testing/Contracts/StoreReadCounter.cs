using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>
/// Decorates the stores of days and adjustments, and counts their reads; and that of lines, and counts the lines read.
/// </summary>
internal sealed class StoreReadCounter
{
    private int _days;
    private int _daysInTransactions;
    private int _adjustments;
    private long _lines;

    public int Days => _days;

    public int DaysInTransactions => _daysInTransactions;

    public int Adjustments => _adjustments;

    /// <summary>The lines that were read by range of items.</summary>
    public long Lines => _lines;

    public void Clear() => (_days, _daysInTransactions, _adjustments, _lines) = (0, 0, 0, 0);

    /// <summary>Replaces the registered stores by decorators that count.</summary>
    public void Add(IServiceCollection services)
    {
        Wrap<IDayStore>(services, store => new DayStore(store, this));
        Wrap<IAdjustmentStore>(services, store => new AdjustmentStore(store, this));
        Wrap<ILineStore>(services, store => new LineStore(store, this));
    }

    /// <summary>Replaces a registered store by a decorator.</summary>
    public static void Wrap<T>(IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var make = services.Single(s => s.ServiceType == typeof(T)).ImplementationFactory!;
        services.AddSingleton(p => wrap((T)make(p)));
    }

    private sealed class LineStore(ILineStore store, StoreReadCounter reads) : ILineStore
    {
        public async IAsyncEnumerable<SettlementLine> ReadRangeAsync(
            DateRange days, string bounds, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var line in store.ReadRangeAsync(days, bounds, cancellationToken))
            {
                Interlocked.Increment(ref reads._lines);
                yield return line;
            }
        }

        public Task WriteAsync(
            DbTransaction transaction, long runId, IReadOnlyList<SettlementLine> lines, IReadOnlyList<QuarantinedUsage> quarantined,
            CancellationToken cancellationToken) => store.WriteAsync(transaction, runId, lines, quarantined, cancellationToken);

        public Task<RunCheck> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken) =>
            store.CheckAsync(transaction, runId, cancellationToken);

        public Task RecordTotalsAsync(
            DbTransaction transaction, IReadOnlyList<DayTotal> totals, IReadOnlyList<DayAmount> amounts,
            CancellationToken cancellationToken) => store.RecordTotalsAsync(transaction, totals, amounts, cancellationToken);

        public Task<IReadOnlyList<DayTotal>> ListTotalsAsync(DateRange days, CancellationToken cancellationToken) =>
            store.ListTotalsAsync(days, cancellationToken);

        public Task<IReadOnlyList<DayAmount>> ListAmountsAsync(
            DbTransaction? transaction, DateRange days, CancellationToken cancellationToken) =>
            store.ListAmountsAsync(transaction, days, cancellationToken);

        public IAsyncEnumerable<SettlementLine> ReadAsync(DateRange days, ItemFilter filter, CancellationToken cancellationToken) =>
            store.ReadAsync(days, filter, cancellationToken);

        public IAsyncEnumerable<PayeeSegment> ReadPayeeSumsAsync(DateRange days, CancellationToken cancellationToken) =>
            store.ReadPayeeSumsAsync(days, cancellationToken);

        public Task<IReadOnlyList<string>> PlanItemRangesAsync(DateRange days, int linesMax, CancellationToken cancellationToken) =>
            store.PlanItemRangesAsync(days, linesMax, cancellationToken);

        public Task<IReadOnlyList<QuarantinedUsage>> ListQuarantinedAsync(DateOnly day, CancellationToken cancellationToken) =>
            store.ListQuarantinedAsync(day, cancellationToken);

        public Task DeleteObsoleteRowsAsync(
            DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken) =>
            store.DeleteObsoleteRowsAsync(transaction, abandonedRuns, cancellationToken);

        public IAsyncEnumerable<SettlementLine> ReadEstimatedAsync(
            DateRange days, ItemFilter filter, bool includePublished, CancellationToken cancellationToken) =>
            store.ReadEstimatedAsync(days, filter, includePublished, cancellationToken);

        public Task<IReadOnlyList<QuarantinedUsage>> ListEstimatedQuarantinedAsync(long runId, CancellationToken cancellationToken) =>
            store.ListEstimatedQuarantinedAsync(runId, cancellationToken);

        public Task<bool> DeleteEstimatesAsync(long first, long last, int rowsMax, CancellationToken cancellationToken) =>
            store.DeleteEstimatesAsync(first, last, rowsMax, cancellationToken);
    }

    private sealed class DayStore(IDayStore store, StoreReadCounter reads) : IDayStore
    {
        public Task<BusinessDay?> FindLastAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref reads._days);
            return store.FindLastAsync(cancellationToken);
        }

        public Task<IReadOnlyList<BusinessDay>> ListAsync(DbTransaction? transaction, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref transaction is null ? ref reads._days : ref reads._daysInTransactions);
            return store.ListAsync(transaction, cancellationToken);
        }

        public Task<BusinessDay> BeginClosingAsync(DateOnly day, UtcRange range, string calendar, CancellationToken cancellationToken) =>
            store.BeginClosingAsync(day, range, calendar, cancellationToken);

        public Task LockPublicationAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
            store.LockPublicationAsync(transaction, cancellationToken);

        public Task PublishAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken) =>
            store.PublishAsync(transaction, day, runId, cancellationToken);
    }

    private sealed class AdjustmentStore(IAdjustmentStore store, StoreReadCounter reads) : IAdjustmentStore
    {
        public Task<IReadOnlyList<Adjustment>> ListPostedOnAsync(DateOnly postingDate, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref reads._adjustments);
            return store.ListPostedOnAsync(postingDate, cancellationToken);
        }

        public Task<(int Revision, IReadOnlyList<Adjustment> Adjustments)> ListByUsageDateAsync(
            DateOnly usageDate, CancellationToken cancellationToken) =>
            store.ListByUsageDateAsync(usageDate, cancellationToken);

        public Task<DateOnly?> AddAsync(
            DateOnly usageDate, int revision, IReadOnlyList<Adjustment> posted, IReadOnlyList<Adjustment> accepted,
            CancellationToken cancellationToken) =>
            store.AddAsync(usageDate, revision, posted, accepted, cancellationToken);
    }
}
