using System.Data.Common;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>How the MySQL store works with its server.</summary>
public sealed record MySqlStoreOptions
{
    /// <summary>
    /// An ADO.NET connection string with a <c>Server</c> and a <c>Database</c>, for example
    /// <c>Server=db1;User ID=settlement;Password=…;Database=settlement</c>. Several servers, <c>Server=db1,db2:3307,db3</c>, are a primary and its
    /// replicas, whichever is which: writes go to the primary, and a close reads events from a replica that is known to have the day.
    /// Empty where <see cref="DataSource"/> is given.
    /// </summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>
    /// In place of a connection string: a <c>MySqlDataSource</c> of MySqlConnector, or a
    /// <see cref="Settlements.MySql.MySqlMultiHostDataSource"/>, which the application may use too. It stays its owner's to dispose.
    /// </summary>
    /// <remarks>
    /// The store takes over servers, user, password, certificates and all settings of the connection string, and sets in connections of its own what it
    /// relies on: time zone, sql_mode, isolation, <c>AllowLoadLocalInfile</c>, <c>AllowUserVariables</c>, <c>DateTimeKind</c>, <c>GuidFormat</c> and the like. They
    /// are in pools of their own, so that neither the application's connections have these settings nor the store's those of the application; callbacks
    /// of opened connections aren't called for them. A password provider is asked whenever a connection is opened. With a
    /// <see cref="Settlements.MySql.MySqlMultiHostDataSource"/> the store shares its probes and their results; <see cref="Routing"/> then sets
    /// how the store chooses servers, not how they are probed.
    /// </remarks>
    public DbDataSource? DataSource { get; init; }

    /// <summary>
    /// The database, on the same server, that holds the store's tables, for example <c>settlement</c>: 1 to 64 characters, without a dot. Null, the
    /// default, for the one that the connection string or the data source names. If missing, it is created with the schema, given the privilege.
    /// </summary>
    /// <remarks>
    /// A separate database avoids name conflicts with the application's tables. The database of the connection string remains that of
    /// the application: a source's table or a loaded table without a database's name is looked for there, and transactions of <c>WriteAsync</c>
    /// may be on a connection to any database of the server; that connection's user needs SELECT, INSERT and UPDATE on the store's.
    /// </remarks>
    public string? Database { get; init; }

    /// <summary>How long a statement may go without an answer. From 1 second to 1 day; default 10 minutes.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How often a transaction outside a run's chunks is done again after a deadlock, a lock timeout or a lost connection. From 0 to 100;
    /// default 5. For chunks, see <see cref="Settlements.Pipelines.PipelineOptions.RetriesMax"/>.
    /// </summary>
    public int RetriesMax { get; init; } = 5;

    /// <summary>
    /// How long a close, or a change of partitions, waits for transactions that write events, such as one of <c>WriteAsync</c> that is left
    /// open; then it fails, and names the transaction. It waits in tries of at most 3 seconds per lock, between which other writers go on. From
    /// 1 second to 1 hour; default 2 minutes.
    /// </summary>
    public TimeSpan WriterWaitMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How a close reads events; by default, and as measured, they are summed here and not in the server.</summary>
    public SumPlan SumPlan { get; init; } = SumPlan.Stream;

    /// <summary>With several servers, how they are watched and chosen. Default as of <see cref="RoutingOptions"/>, but for waits of 10 seconds for a replica to have a day.</summary>
    public RoutingOptions Routing { get; init; } = new() { TokenWaitMax = TimeSpan.FromSeconds(10) };

    /// <summary>Without the connection string, which may hold a password.</summary>
    /// <returns>The other options.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"MySqlStoreOptions {{ Database = {Database}, DataSource = {DataSource?.GetType().Name}, CommandTimeout = {CommandTimeout}, RetriesMax = {RetriesMax}, WriterWaitMax = {WriterWaitMax}, SumPlan = {SumPlan} }}");
}

/// <summary>Where a chunk's events are summed.</summary>
public enum SumPlan
{
    /// <summary>The server streams the rows, and they are summed in memory here: the faster one wherever the server is near.</summary>
    Stream,

    /// <summary>The server groups and sums, and sends sums only: for few items over a slow link.</summary>
    ServerGroupBy,
}
