using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>Adds settlement to a service collection.</summary>
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
    /// Adds <see cref="SettlementEngine"/> and what it is made of, as singletons. All options are checked when the host starts, or without a
    /// host when the engine is first asked for.
    /// </summary>
    /// <param name="services">Where to add.</param>
    /// <param name="configure">Chooses the store, the calendar, the rates and the sources.</param>
    /// <returns>The same collection.</returns>
    /// <exception cref="InvalidOperationException">Settlement was added before.</exception>
    public static IServiceCollection AddSettlement(this IServiceCollection services, Action<SettlementBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(s => s.ServiceType == typeof(SettlementEngine)))
            throw new InvalidOperationException("AddSettlement was called before on this service collection. Put all of it into one call.");

        var builder = new SettlementBuilder(services);
        configure(builder);
        services.AddOptions<SettlementOptions>().Configure(builder.Apply).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SettlementOptions>, SettlementOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);

        services.AddSingleton(p => SettlementPlan.From(p.GetRequiredService<IOptions<SettlementOptions>>().Value));
        services.AddSingleton(p => new PipelineRunner(
            p.GetRequiredService<IRunStore>(), p.GetRequiredService<IRunHistory>(), p.GetRequiredService<TimeProvider>(), Logger<PipelineRunner>(p)));
        services.AddSingleton(p => new EventPolicy(Plan(p), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new UsageLoader(
            p.GetRequiredService<IEventStore>(), p.GetRequiredService<TimeProvider>(), Logger<UsageLoader>(p), p.GetRequiredService<EventPolicy>()));

        // Made after the store and so disposed of before it: what it has taken in is still committed.
        services.AddSingleton(p => new UsageWriter(
            p.GetRequiredService<IEventStore>(), Plan(p).Writer, p.GetRequiredService<TimeProvider>(), Logger<UsageWriter>(p),
            p.GetRequiredService<EventPolicy>()));
        services.AddSingleton(p => new UsageSources(p.GetRequiredService<IUsageSourceFactory>(), Plan(p).Sources));
        services.AddSingleton(p => new CloseStores(
            p.GetRequiredService<IDayStore>(), p.GetRequiredService<ISumStore>(), p.GetRequiredService<ILineStore>(),
            p.GetRequiredService<ICounterStore>(), p.GetRequiredService<IRecordedRateStore>(), p.GetRequiredService<IRecordedSourceStore>(),
            p.GetRequiredService<IAdjustmentStore>(), p.GetRequiredService<IRestatementStore>(), p.GetRequiredService<IProposalStore>(),
            p.GetRequiredService<IRankingStore>(), p.GetRequiredService<IRunStore>(), p.GetRequiredService<UsageSources>()));
        services.AddSingleton(p => new SettingsReader(
            p.GetRequiredService<IDayStore>(), p.GetRequiredService<IRecordedRateStore>(), p.GetRequiredService<IRecordedSourceStore>(),
            p.GetRequiredService<IRestatementStore>(), p.GetRequiredService<UsageSources>(), Plan(p)));
        services.AddSingleton(p => new DayUsage(
            p.GetRequiredService<ILineStore>(), p.GetRequiredService<IAdjustmentStore>(), p.GetRequiredService<IRestatementStore>(),
            Excluded(p)));
        services.AddSingleton(p => new DayCloser(
            p.GetRequiredService<CloseStores>(), p.GetRequiredService<SettingsReader>(), p.GetRequiredService<PipelineRunner>(), Plan(p),
            p.GetRequiredService<TimeProvider>(), Logger<DayCloser>(p)));
        services.AddSingleton(p => new RankingReader(p.GetRequiredService<IRankingStore>(), p.GetRequiredService<IDayStore>(), Plan(p)));
        services.AddSingleton(p => new StatementReader(p.GetRequiredService<ILineStore>(), p.GetRequiredService<IDayStore>(), Plan(p)));
        services.AddSingleton(p => new LineReader(
            p.GetRequiredService<ILineStore>(), p.GetRequiredService<IDayStore>(), p.GetRequiredService<IEventStore>(), Plan(p)));
        services.AddSingleton(p => new Verifier(
            p.GetRequiredService<CloseStores>(), p.GetRequiredService<SettingsReader>(), p.GetRequiredService<DayUsage>(), Plan(p)));
        services.AddSingleton(p => new Reconciler(
            p.GetRequiredService<CloseStores>(), p.GetRequiredService<SettingsReader>(), p.GetRequiredService<DayUsage>(), Excluded(p)));
        services.AddSingleton(p => new CounterImporter(p.GetRequiredService<ICounterStore>(), Plan(p)));
        services.AddSingleton(p => new UsageExclusions(
            p.GetRequiredService<IProposalStore>(), p.GetRequiredService<IExclusionStore>(), Excluded(p), p.GetRequiredService<IEventStore>(),
            p.GetRequiredService<CloseStores>(), p.GetRequiredService<SettingsReader>(), p.GetRequiredService<PipelineRunner>(), Plan(p),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new LineRestatements(
            p.GetRequiredService<IProposalStore>(), p.GetRequiredService<CloseStores>(), Excluded(p),
            p.GetRequiredService<SettingsReader>(), Plan(p), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new SettlementEngine(p));
        return services;
    }

    private static RemainingExclusions Excluded(IServiceProvider provider) =>
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
