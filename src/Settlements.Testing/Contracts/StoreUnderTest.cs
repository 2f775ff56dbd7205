using System.Data.Common;

namespace Settlements.Testing;

/// <summary>An empty database of the store that is tested, thrown away in the end.</summary>
public abstract class StoreUnderTest : IAsyncDisposable
{
    /// <summary>Chooses the store and its database.</summary>
    public abstract void Use(SettlementBuilder settlement);

    /// <summary>The same, with every connection under a plan of faults.</summary>
    public abstract void Use(SettlementBuilder settlement, FaultPlan faults);

    /// <summary>Runs statements by hand, past the library: a host's own tables, tampering.</summary>
    public abstract Task ExecuteAsync(string sql);

    /// <summary>A single value, by hand.</summary>
    public abstract Task<long> CountAsync(string sql);

    /// <summary>Rows, by hand: each row's values as text, joined; bytes as hexadecimal digits.</summary>
    public abstract Task<IReadOnlyList<string>> ReadAsync(string sql);

    /// <summary>A connection of the user's own to the same database.</summary>
    public abstract Task<DbConnection> OpenAsync();

    /// <summary>An instant as the library's event table holds it, as a literal.</summary>
    public abstract string Literal(DateTimeOffset instant);

    public abstract ValueTask DisposeAsync();
}
