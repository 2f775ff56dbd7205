using Settlement.BillableEvents;
using Settlement.Sqlite.Database;

namespace Settlement.Sqlite.Sources;

/// <summary>Makes the usage sources that lie in the store's file.</summary>
internal sealed class SqliteUsageSourceFactory(SqliteDatabase database) : IUsageSourceFactory
{
    public IUsageSource CreateEventTable() => new SqliteEventTable(database);

    public IUsageSource CreateTable(EventSource table) => new SqliteTableSource(database, table);
}
