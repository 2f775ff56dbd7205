using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Observes the reads of the estimate.</summary>
internal sealed class ObservedEstimates(IEstimateStore store, Action onFind) : IEstimateStore
{
    public static void Add(IServiceCollection services, Action onFind)
    {
        var make = services.Single(s => s.ServiceType == typeof(IEstimateStore)).ImplementationFactory!;
        services.AddSingleton<IEstimateStore>(p => new ObservedEstimates((IEstimateStore)make(p), onFind));
    }

    public Task<StoredEstimate?> FindAsync(CancellationToken cancellationToken)
    {
        onFind();
        return store.FindAsync(cancellationToken);
    }

    public Task PublishAsync(DbTransaction transaction, StoredEstimate estimate, CancellationToken cancellationToken) =>
        store.PublishAsync(transaction, estimate, cancellationToken);

    public Task SkipAsync(DbTransaction transaction, long refresh, CancellationToken cancellationToken) =>
        store.SkipAsync(transaction, refresh, cancellationToken);
}
