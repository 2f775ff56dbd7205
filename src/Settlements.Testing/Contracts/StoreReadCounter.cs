using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Decorates the stores of days and adjustments and counts their reads.</summary>
internal sealed class StoreReadCounter
{
    private int _days;
    private int _daysInTransactions;
    private int _adjustments;

    public int Days => _days;

    public int DaysInTransactions => _daysInTransactions;

    public int Adjustments => _adjustments;

    public void Clear() => (_days, _daysInTransactions, _adjustments) = (0, 0, 0);

    /// <summary>Replaces the registered stores by decorators that count.</summary>
    public void Add(IServiceCollection services)
    {
        Wrap<IDayStore>(services, store => new DayStore(store, this));
        Wrap<IAdjustmentStore>(services, store => new AdjustmentStore(store, this));
    }

    /// <summary>Replaces a registered store by a decorator.</summary>
    public static void Wrap<T>(IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var make = services.Single(s => s.ServiceType == typeof(T)).ImplementationFactory!;
        services.AddSingleton(p => wrap((T)make(p)));
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
