using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Creates the usage sources on the store's server.</summary>
internal sealed class MySqlUsageSourceFactory(MySqlDatabase database) : IUsageSourceFactory
{
    public IUsageSource CreateEventTable() => new MySqlEventTable(database);

    /// <summary>Creates a source for an application's table, which may be in another database than the store.</summary>
    public IUsageSource CreateTable(UsageTable table) =>
        new MySqlTableSource(database, new UsageTable(table) { Table = database.QualifyApplicationTable(table.Table) });
}
