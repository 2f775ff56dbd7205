using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Settlements.Sqlite;
using Settlements.Stores;

namespace Settlements;

/// <summary>Configures SQLite as the store.</summary>
/// <example>
/// <code>
/// services.AddSettlement(settlement =&gt; settlement.Calendar("Asia/Seoul").UseSqlite(new SqliteStoreOptions
/// {
///     ConnectionString = "Data Source=settlement.db",
///     BusyTimeout = TimeSpan.FromSeconds(10),
/// }));
/// </code>
/// </example>
public static class SqliteSettlementExtensions
{
    /// <summary>Stores all data in an SQLite file, with default options.</summary>
    /// <param name="settlement">The builder.</param>
    /// <param name="connectionString">An ADO.NET connection string, for example <c>Data Source=settlement.db</c>.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Not compatible with trimming and native AOT: Dapper, which the store maps rows with, emits code at run time and uses reflection.
    /// </remarks>
    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    public static SettlementBuilder UseSqlite(this SettlementBuilder settlement, string connectionString) =>
        settlement.UseSqlite(new SqliteStoreOptions { ConnectionString = connectionString });

    /// <summary>Stores all data in an SQLite file.</summary>
    /// <param name="settlement">The builder.</param>
    /// <param name="options">The file, timeouts, and cache sizes.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Not compatible with trimming and native AOT: Dapper, which the store maps rows with, emits code at run time and uses reflection.
    /// </remarks>
    [RequiresUnreferencedCode(TrimmedPrograms.Unreferenced)]
    [RequiresDynamicCode(TrimmedPrograms.Dynamic)]
    public static SettlementBuilder UseSqlite(this SettlementBuilder settlement, SqliteStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(settlement);
        ArgumentNullException.ThrowIfNull(options);
        settlement.UseStore("SQLite", SqlDialect.Sqlite);
        foreach (var error in Validate(options))
            settlement.AddError(error);

        var services = settlement.Services;
        services.AddSingleton(p => new SqliteDatabase(options, p.GetService<SchemaFiles>()));
        services.AddSingleton<ISchema>(p => new SqliteSchema(Database(p), Clock(p)));
        services.AddSingleton<IEventStore>(p => new SqliteEventStore(Database(p)));
        services.AddSingleton<IRecordedSourceStore>(p => new SqliteRecordedSourceStore(Database(p)));
        services.AddSingleton<IUsageSourceFactory>(p => new SqliteUsageSourceFactory(
            Database(p), p.GetRequiredService<ILoggerFactory>().CreateLogger("Settlements.Sqlite")));
        services.AddSingleton<IDayStore>(p => new SqliteDayStore(Database(p), Clock(p)));
        services.AddSingleton<ISumStore>(p => new SqliteSumStore(Database(p)));
        services.AddSingleton<ILineStore>(p => new SqliteLineStore(Database(p)));
        services.AddSingleton<IRecordedRateStore>(p => new SqliteRecordedRateStore(Database(p)));
        services.AddSingleton<ICounterStore>(p => new SqliteCounterStore(Database(p), Clock(p)));
        services.AddSingleton<IAdjustmentStore>(p => new SqliteAdjustmentStore(Database(p)));
        services.AddSingleton<IRestatementStore>(p => new SqliteRestatementStore(Database(p)));
        services.AddSingleton<IProposalStore>(p => new SqliteProposalStore(Database(p), Clock(p)));
        services.AddSingleton<IExclusionStore>(p => new SqliteExclusionStore(Database(p)));
        services.AddSingleton<IEstimateStore>(p => new SqliteEstimateStore(Database(p)));
        services.AddSingleton<IRankingStore>(p => new SqliteRankingStore(Database(p)));
        services.AddSingleton<IRunStore>(p => new SqliteRunStore(Database(p), Clock(p)));
        services.AddSingleton<IRunHistory>(p => new SqliteRunHistory(Database(p), Clock(p)));
        return settlement;
    }

    private static SqliteDatabase Database(IServiceProvider provider) => provider.GetRequiredService<SqliteDatabase>();

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private static IEnumerable<string> Validate(SqliteStoreOptions options)
    {
        if (options.BusyTimeout < TimeSpan.FromSeconds(1) || options.BusyTimeout > TimeSpan.FromHours(1))
            yield return $"BusyTimeout is {options.BusyTimeout}; use 1 second to 1 hour.";
        if (options.WriterCacheMiB is < 1 or > 4096)
            yield return FormattableString.Invariant($"WriterCacheMiB is {options.WriterCacheMiB}; use 1 to 4096.");
        if (options.RowsPerTransactionMax is < 1 or > 1_000_000)
            yield return FormattableString.Invariant($"RowsPerTransactionMax is {options.RowsPerTransactionMax}; use 1 to 1000000.");
        foreach (var error in ConnectionStringCheck.Validate(options.ConnectionString))
            yield return error;
    }
}
