using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Settlements.MySql;
using Settlements.Stores;

namespace Settlements;

/// <summary>Registers MySQL or MariaDB as the store.</summary>
/// <example>
/// <code>
/// // A primary and its replicas: list their names.
/// services.AddSettlement(settlement =&gt; settlement
///     .Calendar("Asia/Seoul")
///     .UseMySql("Server=db1,db2,db3;Database=shop;User ID=settlement;Password=…"));
/// </code>
/// </example>
public static class MySqlSettlementExtensions
{
    /// <summary>Stores all data in a database of a MySQL or MariaDB server, with default options.</summary>
    /// <param name="settlement">The builder.</param>
    /// <param name="connectionString">
    /// An ADO.NET connection string, for example <c>Server=db1;User ID=settlement;Password=…;Database=settlement</c>.
    /// </param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Not supported in trimmed or natively compiled applications: the store maps rows with Dapper, which emits code and uses reflection at
    /// run time.
    /// </remarks>
    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    public static SettlementBuilder UseMySql(this SettlementBuilder settlement, string connectionString) =>
        settlement.UseMySql(new MySqlStoreOptions { ConnectionString = connectionString });

    /// <summary>
    /// Stores all data in a database of a MySQL or MariaDB server, with default options and the application's data source.
    /// </summary>
    /// <param name="settlement">The builder.</param>
    /// <param name="dataSource">See <see cref="MySqlStoreOptions.DataSource"/>; the caller disposes it.</param>
    /// <returns>The builder.</returns>
    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    public static SettlementBuilder UseMySql(this SettlementBuilder settlement, DbDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return settlement.UseMySql(new MySqlStoreOptions { DataSource = dataSource });
    }

    /// <summary>Stores all data in a database of a MySQL or MariaDB server.</summary>
    /// <param name="settlement">The builder.</param>
    /// <param name="options">The server, time limits and sum plan.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Not supported in trimmed or natively compiled applications: the store maps rows with Dapper, which emits code and uses reflection at
    /// run time.
    /// </remarks>
    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    public static SettlementBuilder UseMySql(this SettlementBuilder settlement, MySqlStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(settlement);
        ArgumentNullException.ThrowIfNull(options);
        foreach (var error in MySqlStoreValidation.Validate(options))
            settlement.AddError(error);
        return settlement.Add(_ => options);
    }

    /// <summary>Stores all data in a database of a MySQL or MariaDB server, with options created from services.</summary>
    /// <param name="settlement">The builder.</param>
    /// <param name="configure">
    /// Receives the services and the default options, and returns the options, for example
    /// <c>(services, options) => options with { DataSource = services.GetRequiredService&lt;MySqlDataSource&gt;() }</c>. Called once, on
    /// first use. Validation errors are reported together with all others when the application starts.
    /// </param>
    /// <returns>The builder.</returns>
    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    public static SettlementBuilder UseMySql(
        this SettlementBuilder settlement, Func<IServiceProvider, MySqlStoreOptions, MySqlStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(settlement);
        ArgumentNullException.ThrowIfNull(configure);
        settlement.Services.AddSingleton<IValidateOptions<SettlementOptions>>(p => new MySqlStoreValidation(() => Options(p)));
        return settlement.Add(p => configure(p, new MySqlStoreOptions())
            ?? throw new InvalidOperationException(
                "UseMySql(configure) returned null. Return the options: (services, options) => options with { … }."));
    }

    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    private static SettlementBuilder Add(this SettlementBuilder settlement, Func<IServiceProvider, MySqlStoreOptions> options)
    {
        settlement.UseStore("MySQL", SqlDialect.MySql);
        var services = settlement.Services;
        services.AddSingleton(p => new ChosenOptions(options(p)));
        services.AddSingleton(p => new MySqlDatabase(
            Options(p), new ServerCheck(p.GetRequiredService<ILoggerFactory>().CreateLogger("Settlements.MySql")), clock: Clock(p),
            schema: p.GetService<SchemaFiles>()));
        services.AddSingleton<ISchema>(p => new MySqlSchema(Database(p), Clock(p)));
        services.AddSingleton<IEventStore>(p => new MySqlEventStore(Database(p)));
        services.AddSingleton<IUsageSourceFactory>(p => new MySqlUsageSourceFactory(Database(p)));
        services.AddSingleton<IDayStore>(p => new MySqlDayStore(Database(p), Clock(p)));
        services.AddSingleton<ISumStore>(p => new MySqlSumStore(Database(p)));
        services.AddSingleton<ILineStore>(p => new MySqlLineStore(Database(p)));
        services.AddSingleton<ICounterStore>(p => new MySqlCounterStore(Database(p), Clock(p)));
        services.AddSingleton<IRecordedRateStore>(p => new MySqlRecordedRateStore(Database(p)));
        services.AddSingleton<IRecordedSourceStore>(p => new MySqlRecordedSourceStore(Database(p)));
        services.AddSingleton<IAdjustmentStore>(p => new MySqlAdjustmentStore(Database(p)));
        services.AddSingleton<IRestatementStore>(p => new MySqlRestatementStore(Database(p)));
        services.AddSingleton<IProposalStore>(p => new MySqlProposalStore(Database(p), Clock(p)));
        services.AddSingleton<IExclusionStore>(p => new MySqlExclusionStore(Database(p)));
        services.AddSingleton<IEstimateStore>(p => new MySqlEstimateStore(Database(p)));
        services.AddSingleton<IRankingStore>(p => new MySqlRankingStore(Database(p)));
        services.AddSingleton<IRunStore>(p => new MySqlRunStore(Database(p), Clock(p)));
        services.AddSingleton<IRunHistory>(p => new MySqlRunHistory(Database(p), Clock(p)));
        services.AddSingleton(p =>
            new TableLoader(Options(p), Clock(p), p.GetRequiredService<ILoggerFactory>().CreateLogger<TableLoader>()));
        services.AddSingleton(p => new EventPartitions(
            Database(p), p.GetRequiredService<IDayStore>(), p.GetRequiredService<Verifier>(),
            p.GetRequiredService<SettlementPlan>(), Clock(p)));
        return settlement;
    }

    private static MySqlDatabase Database(IServiceProvider provider) => provider.GetRequiredService<MySqlDatabase>();

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private static MySqlStoreOptions Options(IServiceProvider provider) => provider.GetRequiredService<ChosenOptions>().Options;

    /// <summary>A private type, so that it can't conflict with a service of the application.</summary>
    private sealed record ChosenOptions(MySqlStoreOptions Options);
}
