using System.Data.Common;

namespace Settlements.Routing;

/// <summary>
/// One database on several hosts, a primary that takes writes and replicas that follow it. Who asks says what for and how fresh; a connection to
/// the right host comes back. Thread-safe; one for an application.
/// </summary>
/// <remarks>As a plain <see cref="DbDataSource"/>, without more words, it opens connections that may write: to the primary.</remarks>
public abstract class MultiHostDataSource : DbDataSource
{
    /// <summary>
    /// A plain data source of connections that may write. For Dapper, EF Core and everything else. A connection that is created and opened later goes to the
    /// host that was right when it was created, and to no other; one that is opened here tries others.
    /// </summary>
    public abstract DbDataSource Primary { get; }

    /// <summary>A plain data source of read-only connections, with <see cref="ReadConsistency.Eventual"/>; else as <see cref="Primary"/>.</summary>
    public abstract DbDataSource Replicas { get; }

    /// <summary>All hosts as the last probes found them, in the order in which they were given.</summary>
    public abstract IReadOnlyList<ServerStatus> Hosts { get; }

    /// <summary>Looks at every host for the first time, checks what they are, and watches them from then on. Otherwise the first open does it.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>When all hosts have answered, or could not in time.</returns>
    /// <exception cref="RoutingException">No host answers, two hosts are the same server, or two are primaries.</exception>
    public abstract Task StartAsync(CancellationToken cancellationToken = default);

    /// <summary>Opens a connection to the right host.</summary>
    /// <param name="access">What for. Reading connections are read-only on every host.</param>
    /// <param name="consistency">How fresh a read has to be; without it, as fresh as the primary. Writes are always at the primary.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The driver's own connection, open.</returns>
    /// <exception cref="RoutingException">No host can take it.</exception>
    public ValueTask<DbConnection> OpenConnectionAsync(
        DatabaseAccess access, ReadConsistency consistency = default, CancellationToken cancellationToken = default) =>
        OpenAsync(access, consistency, affinity: null, cancellationToken);

    /// <summary>Commits, and takes the token of what was committed, in the same round trip where the server can.</summary>
    /// <param name="transaction">A transaction of a connection from here. It is over then, and the connection takes further commands and transactions.</param>
    /// <param name="cancellationToken">Stops before the commit is sent, and not after.</param>
    /// <returns>The token; of a transaction that wrote nothing, the token of what it saw.</returns>
    public abstract Task<CausalToken> CommitAsync(DbTransaction transaction, CancellationToken cancellationToken = default);

    /// <summary>A token of what a connection wrote last, outside a transaction, and of all that was committed meanwhile.</summary>
    /// <param name="connection">A connection from here, open.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The token.</returns>
    public abstract Task<CausalToken> ReadTokenAsync(DbConnection connection, CancellationToken cancellationToken = default);

    /// <summary>A token of everything that is committed on the primary by now, whoever wrote it.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The token.</returns>
    /// <exception cref="RoutingException">There is no primary.</exception>
    public abstract Task<CausalToken> ReadPositionAsync(CancellationToken cancellationToken = default);

    /// <summary>Opens a connection for a session whose reads stay with a host.</summary>
    /// <param name="access">What for.</param>
    /// <param name="consistency">How fresh a read has to be.</param>
    /// <param name="affinity">Where the session reads; null outside of one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The driver's own connection, open.</returns>
    protected internal abstract ValueTask<DbConnection> OpenAsync(
        DatabaseAccess access, ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken);
}
