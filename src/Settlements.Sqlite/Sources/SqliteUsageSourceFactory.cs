using Microsoft.Extensions.Logging;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Creates usage sources over tables of the store's file.</summary>
internal sealed class SqliteUsageSourceFactory(SqliteDatabase database, ILogger logger) : IUsageSourceFactory
{
    public IUsageSource CreateEventTable() => new SqliteEventTable(database);

    public IUsageSource CreateTable(UsageTable table) => new SqliteTableSource(database, table, logger);
}
