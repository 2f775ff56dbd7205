using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.StoreContract;

namespace Settlement.Sqlite.Tests;

/// <summary>A file in a temporary folder.</summary>
internal sealed class SqliteUnderTest : StoreUnderTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settlement-sqlite-");

    public string ConnectionString => $"Data Source={Path.Combine(_folder.FullName, "test.db")}";

    public override void Use(SettlementBuilder settlement) => settlement.UseSqlite(ConnectionString);

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection(ConnectionString);
        await connection.ExecuteAsync(sql);
    }

    public override async Task<long> CountAsync(string sql)
    {
        await using var connection = new SqliteConnection(ConnectionString);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString))
            SqliteConnection.ClearPool(connection);
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
