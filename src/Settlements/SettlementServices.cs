using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>Registers settlement in a service collection.</summary>
/// <example>
/// <code>
/// services.AddSettlement(settlement =&gt; settlement
///     .UseSqlite("Data Source=settlement.db")
///     .Calendar("Asia/Seoul")
///     .Rates("video.view", rates =&gt; rates.Flat("2024-01", new DateOnly(2024, 1, 1), Currency.KRW, price: 1.1m)));
/// </code>
/// </example>
public static class SettlementServices
{
    /// <summary>
    /// Registers <see cref="SettlementEngine"/> and its services as singletons. All options are validated when the generic host starts;
    /// without one, when the engine is first resolved.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">Sets the store, the calendar, the rates and the sources.</param>
    /// <returns>The same service collection.</returns>
    /// <exception cref="InvalidOperationException"><c>AddSettlement</c> was already called on the collection.</exception>
    public static IServiceCollection AddSettlement(this IServiceCollection services, Action<SettlementBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(s => s.ServiceType == typeof(SettlementEngine)))
            throw new InvalidOperationException("AddSettlement was already called on this service collection. Combine the calls into one.");

        var builder = new SettlementBuilder(services);
        configure(builder);
        services.AddOptions<SettlementOptions>().Configure(builder.Apply).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SettlementOptions>, SettlementOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);

        services.AddSingleton(p => SettlementPlan.From(p.GetRequiredService<IOptions<SettlementOptions>>().Value));
        services.AddSingleton(p => new PipelineRunner(
            p.GetRequiredService<IRunStore>(), p.GetRequiredService<IRunHistory>(), p.GetRequiredService<TimeProvider>(),
            Logger<PipelineRunner>(p)));
        services.AddSingleton(p => new EventPolicy(
            Plan(p), p.GetRequiredService<TimeProvider>(), Plan(p).RatesFromStore || p.GetService<IRateSource>() is not null));
        services.AddSingleton(p => new UsageLoader(
            p.GetRequiredService<IEventStore>(), p.GetRequiredService<TimeProvider>(), Logger<UsageLoader>(p),
            p.GetRequiredService<EventPolicy>()));

        // Resolved after the store and therefore disposed before it, so that queued events can still be committed.
        services.AddSingleton(p => new UsageWriter(
            p.GetRequiredService<IEventStore>(), Plan(p).Writer, p.GetRequiredService<TimeProvider>(), Logger<UsageWriter>(p),
            p.GetRequiredService<EventPolicy>()));
        services.AddSingleton(p => new UsageSources(p.GetRequiredService<IUsageSourceFactory>(), Plan(p), p));
        services.AddSingleton(p => new CloseStores(
            p.GetRequiredService<IDayStore>(), p.GetRequiredService<ISumStore>(), p.GetRequiredService<ILineStore>(),
            p.GetRequiredService<ICounterStore>(), p.GetRequiredService<IRecordedRateStore>(), p.GetRequiredService<IRecordedSourceStore>(),
            p.GetRequiredService<IAdjustmentStore>(), p.GetRequiredService<IRestatementStore>(), p.GetRequiredService<IProposalStore>(),
            p.GetRequiredService<IRankingStore>(), p.GetRequiredService<IRunStore>(), p.GetRequiredService<UsageSources>()));
        services.AddSingleton(p => new RateReader(p.GetRequiredService<IProposalStore>(), p.GetService<IRateSource>(), Plan(p)));
        services.AddSingleton(p => new SettingsReader(
            p.GetRequiredService<IDayStore>(), p.GetRequiredService<IRecordedRateStore>(), p.GetRequiredService<IRecordedSourceStore>(),
            p.GetRequiredService<IRestatementStore>(), p.GetRequiredService<ILineStore>(), p.GetRequiredService<UsageSources>(),
            p.GetRequiredService<RateReader>(), Plan(p)));
        services.AddSingleton(p => new DayUsage(
            p.GetRequiredService<ILineStore>(), p.GetRequiredService<IAdjustmentStore>(), p.GetRequiredService<IRestatementStore>(),
            Exclusions(p)));
        services.AddSingleton(p => new DayCloser(
            p.GetRequiredService<CloseStores>(), p.GetRequiredService<SettingsReader>(), p.GetRequiredService<PipelineRunner>(), Plan(p),
            p.GetRequiredService<TimeProvider>(), Logger<DayCloser>(p)));
        services.AddSingleton(p => new RankingReader(p.GetRequiredService<IRankingStore>(), p.GetRequiredService<IDayStore>(), Plan(p)));
        services.AddSingleton(p => new StatementReader(
            p.GetRequiredService<ILineStore>(), p.GetRequiredService<IDayStore>(), p.GetRequiredService<IEstimateStore>(), Plan(p)));
        services.AddSingleton(p => new UsageEstimates(
            p.GetRequiredService<CloseStores>(), p.GetRequiredService<IEstimateStore>(), p.GetRequiredService<SettingsReader>(),
            p.GetRequiredService<PipelineRunner>(), p.GetRequiredService<StatementReader>(), Plan(p),
            p.GetRequiredService<TimeProvider>(), Logger<UsageEstimates>(p)));
        services.AddSingleton(p => new LineReader(
            p.GetRequiredService<ILineStore>(), p.GetRequiredService<IDayStore>(), p.GetRequiredService<IEventStore>(),
            p.GetRequiredService<RateReader>(), Plan(p)));
        services.AddSingleton(p => new Verifier(
            p.GetRequiredService<CloseStores>(), p.GetRequiredService<SettingsReader>(), p.GetRequiredService<DayUsage>(), Plan(p)));
        services.AddSingleton(p => new Reconciler(
            p.GetRequiredService<CloseStores>(), p.GetRequiredService<SettingsReader>(), p.GetRequiredService<DayUsage>(), Exclusions(p)));
        services.AddSingleton(p => new CounterImporter(p.GetRequiredService<ICounterStore>(), p.GetRequiredService<RateReader>()));
        services.AddSingleton(p => new UsageExclusions(
            p.GetRequiredService<IProposalStore>(), p.GetRequiredService<IExclusionStore>(), Exclusions(p),
            p.GetRequiredService<IEventStore>(),
            p.GetRequiredService<CloseStores>(), p.GetRequiredService<SettingsReader>(), p.GetRequiredService<PipelineRunner>(), Plan(p),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new LineRestatements(
            p.GetRequiredService<IProposalStore>(), p.GetRequiredService<CloseStores>(), Exclusions(p),
            p.GetRequiredService<SettingsReader>(), Plan(p), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new RateTrials(
            p.GetRequiredService<CloseStores>(), p.GetRequiredService<SettingsReader>(), Plan(p), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new TrialCheck(p.GetRequiredService<IProposalStore>(), Plan(p)));
        services.AddSingleton(p => new RateCatalog(
            p.GetRequiredService<IProposalStore>(), p.GetRequiredService<CloseStores>(), p.GetRequiredService<SettingsReader>(),
            p.GetRequiredService<RateReader>(), p.GetRequiredService<TrialCheck>(), Plan(p), p.GetRequiredService<TimeProvider>(),
            Logger<RateCatalog>(p)));
        services.AddSingleton(p => new SettlementEngine(p));
        return services;
    }

    private static RemainingExclusions Exclusions(IServiceProvider provider) =>
        new(provider.GetRequiredService<IExclusionStore>(), provider.GetRequiredService<IAdjustmentStore>());

    private static SettlementPlan Plan(IServiceProvider provider) => provider.GetRequiredService<SettlementPlan>();

    private static ILogger<T> Logger<T>(IServiceProvider provider) => provider.GetRequiredService<ILoggerFactory>().CreateLogger<T>();

    private sealed class SettlementOptionsValidator : IValidateOptions<SettlementOptions>
    {
        public ValidateOptionsResult Validate(string? name, SettlementOptions options)
        {
            var errors = options.Validate().ToList();
            return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
        }
    }
}
