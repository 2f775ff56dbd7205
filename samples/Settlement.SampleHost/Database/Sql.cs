using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace Settlement.SampleHost.Database;

/// <summary>Executes statements on a connection, within its transaction if any. Not thread-safe: one statement at a time.</summary>
internal sealed class Sql(DbConnection connection, DbTransaction? transaction, Dialect dialect, CancellationToken cancellationToken)
{
    public Dialect Dialect => dialect;

    /// <summary>The transaction, for writes of other components.</summary>
    public DbTransaction Transaction =>
        transaction ?? throw new InvalidOperationException("There is no transaction: this connection was opened for reading.");

    public async Task<List<T>> ListAsync<T>(string sql, object? values = null) =>
        (await connection.QueryAsync<T>(Command(sql, values))).AsList();

    /// <summary>Returns the row, or null if there is none.</summary>
    public Task<T?> FindAsync<T>(string sql, object? values = null) => connection.QuerySingleOrDefaultAsync<T>(Command(sql, values));

    /// <returns>The number of affected rows.</returns>
    public Task<int> ExecuteAsync(string sql, object? values = null) => connection.ExecuteAsync(Command(sql, values));

    /// <summary>
    /// As <see cref="ListAsync{T}(string, object?)"/>, with the rows of <see cref="Dialect.Rows"/>. Without rows, returns an empty list.
    /// </summary>
    public async Task<List<T>> ListAsync<T>(string sql, IReadOnlyCollection<object?[]> rows) =>
        rows.Count == 0 ? [] : await ListAsync<T>(sql, (object)new { rows = JsonSerializer.Serialize(rows) });

    /// <summary>
    /// As <see cref="ExecuteAsync(string, object?)"/>, with the rows of <see cref="Dialect.Rows"/>. Does nothing without rows.
    /// </summary>
    public async Task ExecuteAsync(string sql, IReadOnlyCollection<object?[]> rows)
    {
        if (rows.Count > 0)
            await ExecuteAsync(sql, (object)new { rows = JsonSerializer.Serialize(rows) });
    }

    /// <summary>
    /// Returns the rows of two queries in one round trip, with the rows of <see cref="Dialect.Rows"/>. Without rows, returns empty lists.
    /// </summary>
    public async Task<(List<T1>, List<T2>)> ListAsync<T1, T2>(string first, string second, IReadOnlyCollection<object?[]> rows)
    {
        if (rows.Count == 0)
            return ([], []);
        await using var results = await connection.QueryMultipleAsync(
            Command($"{first}; {second}", new { rows = JsonSerializer.Serialize(rows) }));
        return ((await results.ReadAsync<T1>()).AsList(), (await results.ReadAsync<T2>()).AsList());
    }

    /// <summary>Writes rows in order. Does nothing without rows.</summary>
    public Task WriteAsync(params IEnumerable<RowBatch> batches)
    {
        var some = batches.Where(b => b.Rows.Count > 0).ToList();
        return some.Count == 0 ? Task.CompletedTask : dialect.WriteAsync(connection, transaction, some, cancellationToken);
    }

    private CommandDefinition Command(string sql, object? values) => new(sql, values, transaction, cancellationToken: cancellationToken);
}
