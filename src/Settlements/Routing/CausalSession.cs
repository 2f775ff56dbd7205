using System.Data.Common;

namespace Settlements.Routing;

/// <summary>
/// What belongs together, such as a request, a job or a message: it sees its own writes, and its reads never go back in time, whichever hosts
/// answer, as long as a failover loses no commit. Nothing of it is ambient: another session knows nothing of it, unless it is given the token. Thread-safe.
/// </summary>
/// <param name="dataSource">The hosts.</param>
public sealed class CausalSession(MultiHostDataSource dataSource)
{
    private readonly ServerAffinity _affinity = new();
    private readonly Lock _lock = new();
    private CausalToken _token = CausalToken.None;

    /// <summary>All that this session has written or was told of: what the next session has to be given to see the same.</summary>
    public CausalToken Token
    {
        get
        {
            lock (_lock)
                return _token;
        }
    }

    /// <summary>Makes reads from now on see what a token names, too.</summary>
    /// <param name="token">A token from elsewhere: the user's last request, a message's sender.</param>
    public void Observe(CausalToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        lock (_lock)
            _token = _token.Union(token);
    }

    /// <summary>Opens a connection for reading, after all that this session has written or was told of.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The driver's own connection, open and read-only.</returns>
    /// <exception cref="RoutingException">No host can take it.</exception>
    public ValueTask<DbConnection> OpenReadAsync(CancellationToken cancellationToken = default) =>
        dataSource.OpenAsync(DatabaseAccess.Read, ReadConsistency.After(Token), _affinity, cancellationToken);

    /// <summary>Opens a connection that may write, to the primary.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The driver's own connection, open.</returns>
    /// <exception cref="RoutingException">There is no primary.</exception>
    public ValueTask<DbConnection> OpenWriteAsync(CancellationToken cancellationToken = default) =>
        dataSource.OpenAsync(DatabaseAccess.Write, ReadConsistency.Primary, affinity: null, cancellationToken);

    /// <summary>Commits, so that this session's reads see it from now on.</summary>
    /// <param name="transaction">A transaction of a connection from <see cref="OpenWriteAsync"/>. It is over then, and the connection takes further commands and transactions.</param>
    /// <param name="cancellationToken">Stops before the commit is sent, and not after.</param>
    /// <returns>When it is committed.</returns>
    public async Task CommitAsync(DbTransaction transaction, CancellationToken cancellationToken = default) =>
        Observe(await dataSource.CommitAsync(transaction, cancellationToken).ConfigureAwait(false));

    /// <summary>Makes this session's reads see what a connection wrote last, outside a transaction.</summary>
    /// <param name="connection">A connection from <see cref="OpenWriteAsync"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>When it is known.</returns>
    public async Task ObserveWritesAsync(DbConnection connection, CancellationToken cancellationToken = default) =>
        Observe(await dataSource.ReadTokenAsync(connection, cancellationToken).ConfigureAwait(false));
}
