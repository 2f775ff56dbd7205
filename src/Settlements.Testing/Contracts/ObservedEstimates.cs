using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Observes the reads of the estimate.</summary>
internal sealed class ObservedEstimates(IEstimateStore store, Func<Task> afterFind) : IEstimateStore
{
    public static void Add(IServiceCollection services, Func<Task> afterFind)
    {
        var make = services.Single(s => s.ServiceType == typeof(IEstimateStore)).ImplementationFactory!;
        services.AddSingleton<IEstimateStore>(p => new ObservedEstimates((IEstimateStore)make(p), afterFind));
    }

    public async Task<StoredEstimate?> FindAsync(CancellationToken cancellationToken)
    {
        var found = await store.FindAsync(cancellationToken);
        await afterFind();
        return found;
    }

    public Task PublishAsync(DbTransaction transaction, StoredEstimate estimate, CancellationToken cancellationToken) =>
        store.PublishAsync(transaction, estimate, cancellationToken);

    public Task SkipAsync(DbTransaction transaction, long refresh, CancellationToken cancellationToken) =>
        store.SkipAsync(transaction, refresh, cancellationToken);
}
