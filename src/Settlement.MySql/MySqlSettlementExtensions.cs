using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Settlement.BillableEvents;
using Settlement.BusinessDays;
using Settlement.Corrections;
using Settlement.Counters;
using Settlement.Sums;
using Settlement.MySql.BillableEvents;
using Settlement.MySql.BusinessDays;
using Settlement.MySql.Connections;
using Settlement.MySql.Corrections;
using Settlement.MySql.Counters;
using Settlement.MySql.Sums;
using Settlement.MySql.Loading;
using Settlement.MySql.Partitions;
using Settlement.MySql.Pipelines;
using Settlement.MySql.Lines;
using Settlement.MySql.Rankings;
using Settlement.MySql.Routing;
using Settlement.MySql.Schema;
using Settlement.Pipelines;
using Settlement.Lines;
using Settlement.Rankings;
using Settlement.Verification;

namespace Settlement.MySql;

/// <summary>Chooses MySQL or MariaDB as the store.</summary>
public static class MySqlSettlementExtensions
{
    /// <summary>Keeps everything in a database of a MySQL or MariaDB server, with defaults.</summary>
    /// <param name="settlement">The builder.</param>
    /// <param name="connectionString">An ADO.NET connection string, for example <c>Server=db1;User ID=settlement;Password=…;Database=settlement</c>.</param>
    /// <returns>The builder.</returns>
    public static SettlementBuilder UseMySql(this SettlementBuilder settlement, string connectionString) =>
        settlement.UseMySql(new MySqlStoreOptions { ConnectionString = connectionString });

    /// <summary>Keeps everything in a database of a MySQL or MariaDB server.</summary>
    /// <param name="settlement">The builder.</param>
    /// <param name="options">The server, waits and the plan of sums.</param>
    /// <returns>The builder.</returns>
    public static SettlementBuilder UseMySql(this SettlementBuilder settlement, MySqlStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(settlement);
        ArgumentNullException.ThrowIfNull(options);
        settlement.UseStore("MySQL");
        var faults = Faults(options).ToList();
        foreach (var fault in faults)
            settlement.Fault(fault);

        var services = settlement.Services;
        services.AddSingleton(p => new MySqlDatabase(
            options, new ServerCheck(p.GetRequiredService<ILoggerFactory>().CreateLogger("Settlement.MySql")), clock: Clock(p)));
        services.AddSingleton<ISchema>(p => new MySqlSchema(Database(p), Clock(p)));
        services.AddSingleton<IEventStore>(p => new MySqlEventStore(Database(p)));
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
        services.AddSingleton<IRankingStore>(p => new MySqlRankingStore(Database(p)));
        services.AddSingleton<IRunStore>(p => new MySqlRunStore(Database(p), Clock(p)));
        services.AddSingleton(p => new TableLoader(options, Clock(p), p.GetRequiredService<ILoggerFactory>().CreateLogger<TableLoader>()));
        services.AddSingleton(p => new EventPartitions(
            Database(p), p.GetRequiredService<IDayStore>(), p.GetRequiredService<Verifier>(),
            p.GetRequiredService<IOptions<SettlementOptions>>().Value, Clock(p)));
        return settlement;
    }

    private static MySqlDatabase Database(IServiceProvider provider) => provider.GetRequiredService<MySqlDatabase>();

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private static IEnumerable<string> Faults(MySqlStoreOptions options)
    {
        if (options.CommandTimeout < TimeSpan.FromSeconds(1) || options.CommandTimeout > TimeSpan.FromDays(1))
            yield return $"CommandTimeout is {options.CommandTimeout}; use 1 second to 1 day.";
        if (options.RetriesMax is < 0 or > 100)
            yield return FormattableString.Invariant($"RetriesMax is {options.RetriesMax}; use 0 to 100.");
        if (options.WriterWaitMax < TimeSpan.FromSeconds(1) || options.WriterWaitMax > TimeSpan.FromHours(1))
            yield return FormattableString.Invariant($"WriterWaitMax is {options.WriterWaitMax}; use 1 second to 1 hour.");
        foreach (var fault in options.Routing.Faults())
            yield return fault;
        foreach (var fault in ConnectionFaults(options.ConnectionString))
            yield return fault;
    }

    /// <summary>Never shows the connection string itself: it may hold a password.</summary>
    private static IEnumerable<string> ConnectionFaults(string connectionString)
    {
        const string Example = "Write for example: Server=db1;User ID=settlement;Password=…;Database=settlement";
        MySqlConnectionStringBuilder builder;
        string? unreadable = null;
        try
        {
            builder = new MySqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException)
        {
            // Without what the driver says: an unquoted semicolon makes it show a part of the password.
            builder = [];
            unreadable = $"The MySQL connection string can't be read: a keyword in it is unknown, or a value with ; or = is not in quotes. {Example}";
        }

        if (unreadable is not null)
        {
            yield return unreadable;
            yield break;
        }

        // The driver's own default would be localhost: nobody is sent there by accident.
        if (string.IsNullOrWhiteSpace(builder.Server) || !builder.ContainsKey("Server"))
            yield return $"The MySQL connection string names no server. {Example}";
        else
        {
            foreach (var fault in new MySqlMultiHostOptions { ConnectionString = connectionString }.Faults())
                yield return fault;
        }

        if (string.IsNullOrWhiteSpace(builder.Database))
            yield return $"The MySQL connection string names no database. {Example}";
    }
}
