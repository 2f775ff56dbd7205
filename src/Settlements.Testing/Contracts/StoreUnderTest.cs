using System.Data.Common;

namespace Settlements.Testing;

/// <summary>An empty database of the store under test, which disposal deletes.</summary>
public abstract class StoreUnderTest : IAsyncDisposable
{
    /// <summary>Configures the store with this database.</summary>
    public abstract void Use(SettlementBuilder settlement);

    /// <summary>Configures the store with this database, with every connection under a plan of injected faults.</summary>
    public abstract void Use(SettlementBuilder settlement, FaultPlan faults);

    /// <summary>Executes SQL directly, bypassing the library: to create application tables or to tamper with rows.</summary>
    public abstract Task ExecuteAsync(string sql);

    /// <summary>Executes SQL that returns a single number.</summary>
    public abstract Task<long> CountAsync(string sql);

    /// <summary>Executes SQL and returns each row as its joined values; bytes as hexadecimal digits.</summary>
    public abstract Task<IReadOnlyList<string>> ReadAsync(string sql);

    /// <summary>Opens a connection of the application to the same database.</summary>
    public abstract Task<DbConnection> OpenAsync();

    /// <summary>Returns a SQL literal of an instant in the format of the event table.</summary>
    public abstract string Literal(DateTimeOffset instant);

    public abstract ValueTask DisposeAsync();
}
