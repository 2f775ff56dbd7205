using System.Data.Common;
using Dapper;

namespace Settlement.SampleHost.Database;

/// <summary>Runs statements on a connection, in its transaction when there is one. Not thread-safe: one statement at a time.</summary>
internal sealed class Sql(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
{
    public async Task<List<T>> ListAsync<T>(string sql, object? values = null) =>
        (await connection.QueryAsync<T>(Command(sql, values))).AsList();

    /// <summary>The row, or null when there is none.</summary>
    public Task<T?> FindAsync<T>(string sql, object? values = null) => connection.QuerySingleOrDefaultAsync<T>(Command(sql, values));

    /// <returns>How many rows were changed.</returns>
    public Task<int> ExecuteAsync(string sql, object? values = null) => connection.ExecuteAsync(Command(sql, values));

    private CommandDefinition Command(string sql, object? values) => new(sql, values, transaction, cancellationToken: cancellationToken);
}
