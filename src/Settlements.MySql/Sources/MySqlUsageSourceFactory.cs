using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Makes the usage sources that lie on the store's server.</summary>
internal sealed class MySqlUsageSourceFactory(MySqlDatabase database) : IUsageSourceFactory
{
    public IUsageSource CreateEventTable() => new MySqlEventTable(database);

    /// <summary>The table is the application's: it may be in another database than the store's.</summary>
    public IUsageSource CreateTable(UsageTable table) =>
        new MySqlTableSource(database, table with { Table = database.OfApplication(table.Table) });
}
