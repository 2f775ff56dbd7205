using System.Data.Common;

namespace Settlements.Routing;

/// <summary>
/// A data source for a database on several servers: a primary that accepts writes, and replicas. The caller states access mode and
/// freshness, and receives a connection to a suitable server. Thread-safe; an application needs one instance.
/// </summary>
/// <remarks>Used as a plain <see cref="DbDataSource"/>, it opens read-write connections to the primary.</remarks>
public abstract class MultiHostDataSource : DbDataSource
{
    /// <summary>
    /// Gets a plain data source of read-write connections, for Dapper, EF Core and other libraries. A connection that is created first
    /// and opened later uses only the server that was selected when it was created; opening through this data source tries other servers
    /// as well.
    /// </summary>
    public abstract DbDataSource Primary { get; }

    /// <summary>
    /// Gets a plain data source of read-only connections with <see cref="ReadConsistency.Eventual"/>; otherwise like
    /// <see cref="Primary"/>.
    /// </summary>
    public abstract DbDataSource Replicas { get; }

    /// <summary>Gets the status of all servers as of their last probes, in the configured order.</summary>
    public abstract IReadOnlyList<ServerStatus> Servers { get; }

    /// <summary>Probes and validates every server, and starts to monitor them. Without this call, the first open does so.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when all servers have answered or timed out.</returns>
    /// <exception cref="RoutingException">No server answers, two addresses are the same server, or two servers are primaries.</exception>
    public abstract Task StartAsync(CancellationToken cancellationToken = default);

    /// <summary>Opens a connection to a suitable server.</summary>
    /// <param name="access">The access mode. Read connections are read-only on every server.</param>
    /// <param name="consistency">
    /// The required freshness of a read; the default is that of the primary. Writes are always on the primary.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The connection of the driver, open.</returns>
    /// <exception cref="RoutingException">No server can accept the connection.</exception>
    public ValueTask<DbConnection> OpenConnectionAsync(
        DatabaseAccess access, ReadConsistency consistency = default, CancellationToken cancellationToken = default) =>
        OpenAsync(access, consistency, affinity: null, cancellationToken);

    /// <summary>Commits a transaction and returns its token, in the same round trip where the server supports it.</summary>
    /// <param name="transaction">
    /// A transaction of a connection from this data source. It has ended afterwards, and the connection remains usable.
    /// </param>
    /// <param name="cancellationToken">Cancels before the commit is sent; has no effect afterwards.</param>
    /// <returns>The token; for a transaction without writes, the token of what it has read.</returns>
    public abstract Task<CausalToken> CommitAsync(DbTransaction transaction, CancellationToken cancellationToken = default);

    /// <summary>Reads a token of the last write of a connection outside of a transaction, and of all commits until now.</summary>
    /// <param name="connection">An open connection from this data source.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The token.</returns>
    public abstract Task<CausalToken> ReadTokenAsync(DbConnection connection, CancellationToken cancellationToken = default);

    /// <summary>Reads a token of everything that is committed on the primary, by any client.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The token.</returns>
    /// <exception cref="RoutingException">There is no primary.</exception>
    public abstract Task<CausalToken> ReadPositionAsync(CancellationToken cancellationToken = default);

    /// <summary>Opens a connection for a causal session, whose reads stay on one server.</summary>
    /// <param name="access">The access mode.</param>
    /// <param name="consistency">The required freshness of a read.</param>
    /// <param name="affinity">The affinity of the causal session; null outside of one.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The connection of the driver, open.</returns>
    protected internal abstract ValueTask<DbConnection> OpenAsync(
        DatabaseAccess access, ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken);
}
