using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Creates usage sources over tables of the store's file.</summary>
internal sealed class SqliteUsageSourceFactory(SqliteDatabase database) : IUsageSourceFactory
{
    public IUsageSource CreateEventTable() => new SqliteEventTable(database);

    public IUsageSource CreateTable(UsageTable table) => new SqliteTableSource(database, table);
}
