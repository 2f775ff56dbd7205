using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Reads a table on other servers than the store's: one source for each, combined when there are several.</summary>
internal sealed class MySqlServersReader(MySqlSourceOptions options) : IUsageTableReader
{
    public MySqlSourceOptions Options => options;

    public IEnumerable<string> Validate(UsageTable table)
    {
        if (options.ConnectionStrings.Count == 0)
            yield return $"Source '{table.Name}' has no server. Add the connection string of each: OnMySqlServer(connectionString).";
        if (options.CommandTimeout < TimeSpan.FromSeconds(1) || options.CommandTimeout > TimeSpan.FromDays(1))
        {
            yield return FormattableString.Invariant(
                $"Source '{table.Name}': CommandTimeout is {options.CommandTimeout}; use 1 second to 1 day.");
        }

        if (SourceCondition.FindError(table, SqlDialect.MySql) is { } condition)
            yield return condition;
        var invalid = options.ConnectionStrings
            .SelectMany(c => MySqlStoreValidation.Validate(new MySqlStoreOptions { ConnectionString = c })).ToList();
        foreach (var error in invalid)
            yield return $"Source '{table.Name}': {error}";
        var twice = invalid.Count > 0 ? null : options.ConnectionStrings.GroupBy(Address, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(c => c.Count() > 1);
        if (twice is not null)
        {
            yield return FormattableString.Invariant($"Source '{table.Name}': the server and database {twice.Key} is configured ")
                + FormattableString.Invariant($"{twice.Count()} times, and its rows would count as often. Name each server once.");
        }
    }

    public IUsageSource Create(UsageTable table, IServiceProvider services)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Settlements.MySql");
        var clock = services.GetRequiredService<TimeProvider>();
        var servers = options.ConnectionStrings.Select((connectionString, i) =>
        {
            var database = new MySqlDatabase(
                StoreOptions(connectionString), new ServerCheck(logger, isReadOnly: true), needsSchema: false, clock,
                isPortable: options.SumPlan == SumPlan.ServerGroupBy);
            return new MySqlTableSource(database, table, NameOf(connectionString, i));
        }).ToList();
        return servers is [var single] ? single : new ShardedSource(servers);
    }

    private MySqlStoreOptions StoreOptions(string connectionString) => new()
    {
        ConnectionString = connectionString, CommandTimeout = options.CommandTimeout, SumPlan = options.SumPlan,
    };

    private string NameOf(string connectionString, int server)
    {
        if (options.Name is { } name)
            return options.ConnectionStrings.Count == 1 ? name : FormattableString.Invariant($"{name}-{server}");
        var address = new MySqlConnectionStringBuilder(connectionString);
        return FormattableString.Invariant($"{address.Server.ToLowerInvariant()}:{address.Port}");
    }

    private static string Address(string connectionString)
    {
        var address = new MySqlConnectionStringBuilder(connectionString);
        return FormattableString.Invariant($"{address.Server}:{address.Port}/{address.Database}");
    }
}
