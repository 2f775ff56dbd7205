namespace Settlements;

/// <summary>The options of a usage source on a ClickHouse server or cluster.</summary>
public sealed class ClickHouseOptions
{
    /// <summary>
    /// Gets or sets the address of the HTTP interface, for example <c>http://clickhouse:8123</c> or <c>https://clickhouse:8443</c>, without
    /// a user, a password or a query. Required.
    /// </summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Gets or sets the user; empty, the default, for the server's default user.</summary>
    public string User { get; set; } = "";

    /// <summary>
    /// Gets or sets the password; default empty. It is sent in a header and never in the address, and appears in no error and no log. Use
    /// https where the network isn't trusted.
    /// </summary>
    public string Password { get; set; } = "";

    /// <summary>Gets or sets the database of tables that are named without one; null, the default, for the user's.</summary>
    public string? Database { get; set; }

    /// <summary>
    /// Gets or sets a stable name of the server or cluster in recorded definitions, so that it can move to another address; null, the
    /// default, for <c>host:port</c> of <see cref="Endpoint"/>.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// Gets or sets whether tables of the ReplacingMergeTree and CollapsingMergeTree families are read with FINAL, which shows each row
    /// once, at the price of merging while reading. Default <see langword="false"/>: such a table is then refused, unless
    /// <see cref="AllowUnmerged"/> is set.
    /// </summary>
    /// <remarks>FINAL merges the rows of one shard: rows of the same sorting key must be on the same shard.</remarks>
    public bool Final { get; set; }

    /// <summary>
    /// Gets or sets whether tables of the ReplacingMergeTree and CollapsingMergeTree families are read without FINAL, although rows count
    /// twice until a merge removes the older ones, at a time of the server's choice. Default <see langword="false"/>.
    /// </summary>
    public bool AllowUnmerged { get; set; }

    /// <summary>
    /// Gets or sets the number of rows that one statement sums at most; a minute of the table with more rows is one statement. From 1 to
    /// 1,000,000,000; default 200,000,000. Each statement returns its items and payees again, so few and large ones are faster.
    /// </summary>
    public long SliceRowsMax { get; set; } = 200_000_000;

    /// <summary>Gets or sets the time limit of a statement, with its answer. From 1 second to 1 day; default 10 minutes.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Gets or sets the maximum number of retries after a transient error: a lost connection, a shard that does not answer, a time limit of
    /// the network, rows that arrived between two statements. From 0 to 100; default 5.
    /// </summary>
    public int RetriesMax { get; set; } = 5;

    /// <summary>
    /// Gets or sets the delay before the first retry; it doubles with each one, up to 30 times, with a jitter of ± 50 %. From 0 to 1
    /// minute; default 200 ms.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Gets or sets a function that returns the client of a statement, for example
    /// <c>services =&gt; services.GetRequiredService&lt;IHttpClientFactory&gt;().CreateClient("clickhouse")</c>. The application owns the
    /// client; its Timeout applies too. Null, the default, for a client of the source: at most 16 connections, 10 seconds to connect,
    /// connections renewed after 5 minutes, no redirects, no cookies.
    /// </summary>
    public Func<IServiceProvider, HttpClient>? HttpClient { get; set; }
}
