namespace Settlement.StoreContract;

/// <summary>An empty database of the store that is tested, thrown away in the end.</summary>
public abstract class StoreUnderTest : IAsyncDisposable
{
    /// <summary>Chooses the store and its database.</summary>
    public abstract void Use(SettlementBuilder settlement);

    /// <summary>Runs statements by hand, past the library: a host's own tables, tampering.</summary>
    public abstract Task ExecuteAsync(string sql);

    /// <summary>A single value, by hand.</summary>
    public abstract Task<long> CountAsync(string sql);

    public abstract ValueTask DisposeAsync();
}
