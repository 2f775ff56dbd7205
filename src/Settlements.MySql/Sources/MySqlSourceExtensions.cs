using Settlements.MySql;

namespace Settlements;

/// <summary>Reads usage sources from other MySQL or MariaDB servers than the store's.</summary>
public static class MySqlSourceExtensions
{
    /// <summary>
    /// Reads the table from another MySQL or MariaDB server than the store's. The store may be of any kind. With several servers of the
    /// same table, each row is on one of them, and they are read in parallel.
    /// </summary>
    /// <param name="source">The builder of the source.</param>
    /// <param name="connectionStrings">The connection strings of the servers, each with its database.</param>
    /// <returns>The builder.</returns>
    /// <example>
    /// <code>
    /// services.AddSettlement(settlement =&gt; settlement
    ///     .UseSqlite("Data Source=settlement.db")
    ///     .Source("plays", plays =&gt; plays
    ///         .OnMySqlServer("Server=shard1;Database=plays;User ID=reader", "Server=shard2;Database=plays;User ID=reader")
    ///         .Table("play_log").OccurredAt("started_at").Item("video_id").Payee("owner_id").Counts("video.view")));
    /// </code>
    /// </example>
    public static UsageTableBuilder OnMySqlServer(this UsageTableBuilder source, params string[] connectionStrings)
    {
        ArgumentNullException.ThrowIfNull(connectionStrings);
        return source.OnMySqlServer(options =>
        {
            foreach (var connectionString in connectionStrings)
                options.ConnectionStrings.Add(connectionString);
        });
    }

    /// <summary>Reads the table from other MySQL or MariaDB servers than the store's, with options.</summary>
    /// <param name="source">The builder of the source.</param>
    /// <param name="configure">Sets the servers and how they are read.</param>
    /// <returns>The builder.</returns>
    public static UsageTableBuilder OnMySqlServer(this UsageTableBuilder source, Action<MySqlSourceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new MySqlSourceOptions();
        configure(options);
        return source.ReadWith(new MySqlServersReader(options));
    }
}
