using System.Data.Common;

namespace Settlements.MySql;

/// <summary>Options of the MySQL store: its server, time limits, retries and sum plan.</summary>
public sealed record MySqlStoreOptions
{
    /// <summary>
    /// An ADO.NET connection string with a <c>Server</c> and a <c>Database</c>, for example
    /// <c>Server=db1;User ID=settlement;Password=…;Database=settlement</c>. Several servers, <c>Server=db1,db2:3307,db3</c>, are a primary
    /// and its replicas in any order: writes go to the primary, and a close reads events from a replica that is known to have the day.
    /// Empty if <see cref="DataSource"/> is set.
    /// </summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>
    /// A data source instead of a connection string: a <c>MySqlDataSource</c> of MySqlConnector, or a
    /// <see cref="Settlements.MySql.MySqlMultiHostDataSource"/>, which the application may use too. The application disposes it.
    /// </summary>
    /// <remarks>
    /// The store copies servers, user, password, certificates and all settings of the connection string, and overrides the settings that it
    /// relies on: time zone, sql_mode, isolation, <c>AllowLoadLocalInfile</c>, <c>AllowUserVariables</c>, <c>DateTimeKind</c>,
    /// <c>GuidFormat</c> and the like. Its connections are in separate pools, so that the application's connections don't have these
    /// settings; callbacks for opened connections aren't called for the store's. A password provider is called whenever a connection is
    /// opened. With a <see cref="Settlements.MySql.MySqlMultiHostDataSource"/> the store shares its probes and their results;
    /// <see cref="Routing"/> then configures how the store chooses servers, not how they are probed.
    /// </remarks>
    public DbDataSource? DataSource { get; init; }

    /// <summary>
    /// The database on the same server for the store's tables, for example <c>settlement</c>: 1 to 64 characters, without a dot. Null, the
    /// default, for the database that the connection string or the data source names. If it doesn't exist, it is created with the schema,
    /// given the privilege.
    /// </summary>
    /// <remarks>
    /// A separate database avoids name conflicts with the application's tables. The connection string's database remains the application's:
    /// a source's table or a loaded table without a database name is in it, and transactions of <c>WriteAsync</c> may use a connection to
    /// any database of the server, whose user needs SELECT, INSERT and UPDATE on the store's database.
    /// </remarks>
    public string? Database { get; init; }

    /// <summary>The timeout of a statement. From 1 second to 1 day; default 10 minutes.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The maximum number of retries of a transaction outside a run's chunks after a transient error: a deadlock, a lock timeout or a lost
    /// connection. From 0 to 100; default 5. For chunks, see <see cref="Settlements.Pipelines.PipelineOptions.RetriesMax"/>.
    /// </summary>
    public int RetriesMax { get; init; } = 5;

    /// <summary>
    /// How long a close, or a change of partitions, waits for transactions that write events, such as an open one of <c>WriteAsync</c>,
    /// before it fails with an error that names the transaction. It waits in attempts of at most 3 seconds per lock, between which other
    /// writers proceed. From 1 second to 1 hour; default 2 minutes.
    /// </summary>
    public TimeSpan WriterWaitMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long the server waits for the next statement of an open transaction of the store before it closes the connection, which rolls
    /// the transaction back and releases its locks. It limits how long an instance that is suspended, or cut off from the server, within a
    /// transaction blocks others; an instance that is resumed repeats the transaction. From 1 second to 1 hour, in whole seconds;
    /// default 30 seconds.
    /// </summary>
    /// <remarks>
    /// On MariaDB this is <c>idle_transaction_timeout</c>. MySQL has no such variable: there it is <c>wait_timeout</c> of the store's
    /// connections for writing, so that idle connections of their pool are closed too, and opened again when needed. A callback that
    /// writes within the store's transaction, such as <see cref="Settlements.Pipelines.ChunkResult"/>'s, must not pause longer.
    /// </remarks>
    public TimeSpan TransactionIdleMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where a close sums events. Default <see cref="MySql.SumPlan.Stream"/>, which measured faster.</summary>
    public SumPlan SumPlan { get; init; } = SumPlan.Stream;

    /// <summary>
    /// How several servers are monitored and chosen. The defaults are those of <see cref="RoutingOptions"/>, except that a read waits up to
    /// 10 seconds for a replica to have the day.
    /// </summary>
    public RoutingOptions Routing { get; init; } = new() { TokenWaitMax = TimeSpan.FromSeconds(10) };

    /// <summary>Returns the options as text, without the connection string, which may contain a password.</summary>
    /// <returns>The other options.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"MySqlStoreOptions {{ Database = {Database}, DataSource = {DataSource?.GetType().Name}, CommandTimeout = {CommandTimeout}, ")
        + FormattableString.Invariant($"RetriesMax = {RetriesMax}, WriterWaitMax = {WriterWaitMax}, ")
        + FormattableString.Invariant($"TransactionIdleMax = {TransactionIdleMax}, SumPlan = {SumPlan} }}");
}

/// <summary>Where a chunk's events are summed.</summary>
public enum SumPlan
{
    /// <summary>The server sends the rows, and the application sums them in memory: faster with a low-latency connection.</summary>
    Stream,

    /// <summary>The server groups and sums, and sends only the sums: for few items over a slow connection.</summary>
    ServerGroupBy,
}
