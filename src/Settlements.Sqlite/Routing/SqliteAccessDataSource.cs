using System.Data.Common;
using Settlements.Routing;

namespace Settlements.Sqlite;

/// <summary>
/// A plain <see cref="DbDataSource"/> with a fixed access mode, for libraries that use no other. The router owns the file: disposing this
/// data source closes nothing.
/// </summary>
internal sealed class SqliteAccessDataSource(SqliteMultiHostDataSource router, DatabaseAccess access) : DbDataSource
{
    public override string ConnectionString => router.ConnectionString;

    protected override DbConnection CreateDbConnection() => router.Create(access);

    protected override DbConnection OpenDbConnection() => router.Open(access);

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await router.OpenConnectionAsync(access, cancellationToken: cancellationToken).ConfigureAwait(false);
}
