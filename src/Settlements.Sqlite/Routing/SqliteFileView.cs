using System.Data.Common;
using Settlements.Routing;

namespace Settlements.Sqlite;

/// <summary>One access as a plain data source, for what knows no other. The file is not its own, so disposing of it does nothing.</summary>
internal sealed class SqliteFileView(SqliteMultiHostDataSource router, DatabaseAccess access) : DbDataSource
{
    public override string ConnectionString => router.ConnectionString;

    protected override DbConnection CreateDbConnection() => router.Create(access);

    protected override DbConnection OpenDbConnection() => router.Open(access);

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await router.OpenConnectionAsync(access, cancellationToken: cancellationToken).ConfigureAwait(false);
}
