using System.Data.Common;

namespace Settlements.Routing;

/// <summary>
/// A causal session, for example of a request, a job or a message: its reads see its own writes and never go back in time, whichever
/// servers answer, unless a failover loses a commit. It has no ambient state: another session sees the same only after it observes the
/// token. Thread-safe.
/// </summary>
/// <param name="dataSource">The data source of the servers.</param>
public sealed class CausalSession(MultiHostDataSource dataSource)
{
    private readonly ServerAffinity _affinity = new();
    private readonly Lock _lock = new();
    private CausalToken _token = CausalToken.None;

    /// <summary>Gets the token of all writes that this session has made or observed. Another session observes it to see the same.</summary>
    public CausalToken Token
    {
        get
        {
            lock (_lock)
                return _token;
        }
    }

    /// <summary>Makes subsequent reads see the transactions of a token.</summary>
    /// <param name="token">A token from another session: the previous request of the user, or the sender of a message.</param>
    public void Observe(CausalToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        lock (_lock)
            _token = _token.Union(token);
    }

    /// <summary>Opens a read connection that sees all writes that this session has made or observed.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The connection of the driver, open and read-only.</returns>
    /// <exception cref="RoutingException">No server can accept the connection.</exception>
    public ValueTask<DbConnection> OpenReadAsync(CancellationToken cancellationToken = default) =>
        dataSource.OpenAsync(DatabaseAccess.Read, ReadConsistency.After(Token), _affinity, cancellationToken);

    /// <summary>Opens a read-write connection to the primary.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The connection of the driver, open.</returns>
    /// <exception cref="RoutingException">There is no primary.</exception>
    public ValueTask<DbConnection> OpenWriteAsync(CancellationToken cancellationToken = default) =>
        dataSource.OpenAsync(DatabaseAccess.Write, ReadConsistency.Primary, affinity: null, cancellationToken);

    /// <summary>Commits a transaction, so that subsequent reads of this session see it.</summary>
    /// <param name="transaction">
    /// A transaction of a connection from <see cref="OpenWriteAsync"/>. The transaction has ended afterwards, and the connection remains
    /// usable.
    /// </param>
    /// <param name="cancellationToken">Cancels before the commit is sent; has no effect afterwards.</param>
    /// <returns>A task that completes after the commit.</returns>
    public async Task CommitAsync(DbTransaction transaction, CancellationToken cancellationToken = default) =>
        Observe(await dataSource.CommitAsync(transaction, cancellationToken).ConfigureAwait(false));

    /// <summary>Makes subsequent reads of this session see the last write of a connection outside of a transaction.</summary>
    /// <param name="connection">A connection from <see cref="OpenWriteAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes when the token is known.</returns>
    public async Task ObserveWritesAsync(DbConnection connection, CancellationToken cancellationToken = default) =>
        Observe(await dataSource.ReadTokenAsync(connection, cancellationToken).ConfigureAwait(false));
}
