using System.Data.Common;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>A plain data source with a fixed access and consistency, for libraries that accept a <see cref="DbDataSource"/>.</summary>
internal sealed class RoutedView(MySqlMultiHostDataSource router, DatabaseAccess access, ReadConsistency consistency) : DbDataSource
{
    public override string ConnectionString => router.ConnectionString;

    protected override DbConnection CreateDbConnection() => router.Create(access, consistency);

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await router.OpenConnectionAsync(access, consistency, cancellationToken).ConfigureAwait(false);

    protected override DbConnection OpenDbConnection() => router.Open(access, consistency);
}
